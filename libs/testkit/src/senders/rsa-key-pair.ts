import { createSign, generateKeyPairSync } from 'node:crypto';

export interface SshRsaKeyPair {
  /** "ssh-rsa AAAA…", as TPA Stream publishes its key. */
  sshPublicKey: string;
  publicKeyPem: string;
  privateKeyPem: string;
}

const SSH_KEY_TYPE = 'ssh-rsa';

const lengthPrefixed = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** RFC 4251: a number whose top bit is set gets a zero before it, else it would be negative. */
const mpint = (base64url: string): Buffer => {
  const bytes = Buffer.from(base64url, 'base64url');
  return lengthPrefixed((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
};

/** A fresh RSA key pair, its public half as an SSH key. */
export function generateSshRsaKeyPair(modulusLength = 2048): SshRsaKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const blob = Buffer.concat([lengthPrefixed(Buffer.from(SSH_KEY_TYPE)), mpint(e), mpint(n)]);
  return {
    sshPublicKey: `${SSH_KEY_TYPE} ${blob.toString('base64')} claimwire-test`,
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A JWT signed by RS256, made without the library that verifies it. `claims` are taken as they are. */
export function signRs256Jwt(privateKeyPem: string, claims: object): string {
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKeyPem, 'base64url')}`;
}
