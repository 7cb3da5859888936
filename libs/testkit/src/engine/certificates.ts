import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

type Part = Buffer | number[];

const SEQUENCE = 0x30;
const SET = 0x31;
const DAY_MS = 24 * 60 * 60 * 1000;
/** DER of the object identifiers used here, without tag and length. */
const OID = {
  commonName: [0x55, 0x04, 0x03],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  basicConstraints: [0x55, 0x1d, 0x13],
  subjectAlternativeName: [0x55, 0x1d, 0x11],
} as const;

function der(tag: number, ...parts: readonly Part[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const oid = (bytes: readonly number[]): Buffer => der(0x06, [...bytes]);
const name = (commonName: string): Buffer =>
  der(SEQUENCE, der(SET, der(SEQUENCE, oid(OID.commonName), der(0x0c, Buffer.from(commonName)))));
/** UTCTime: YYMMDDHHMMSSZ */
const time = (at: number): Buffer => {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
};
const extension = (id: readonly number[], value: Buffer): Buffer => der(SEQUENCE, oid(id), der(0x04, value));
const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;

const IS_CA = extension(OID.basicConstraints, der(SEQUENCE, der(0x01, [0xff])));
/** localhost and 127.0.0.1: where servers of tests are. */
const ON_THIS_MACHINE = extension(
  OID.subjectAlternativeName,
  der(SEQUENCE, der(0x82, Buffer.from('localhost')), der(0x87, [127, 0, 0, 1])),
);

/**
 * A certificate authority of one test's own. Written out in DER, because a bare machine has no openssl, keytool hands no private
 * key out, and Node makes keys but no certificates.
 */
export class CertificateAuthority {
  readonly certificate: string;
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(private readonly commonName = 'claimwire-test-ca') {
    this.certificate = pem('CERTIFICATE', this.certify(commonName, this.keys.publicKey, IS_CA));
  }

  /** For a server on this machine, or a client of that name; valid from yesterday until tomorrow. */
  issue(commonName: string): CertifiedKey {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      certificate: pem('CERTIFICATE', this.certify(commonName, publicKey, ON_THIS_MACHINE)),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
  }

  private certify(subject: string, publicKey: KeyObject, more: Buffer): Buffer {
    const algorithm = der(SEQUENCE, oid(OID.ecdsaWithSha256));
    const now = Date.now();
    const content = der(
      SEQUENCE,
      der(0xa0, der(0x02, [2])),
      // positive and without a leading zero
      der(0x02, [0x40], randomBytes(8)),
      algorithm,
      name(this.commonName),
      der(SEQUENCE, time(now - DAY_MS), time(now + DAY_MS)),
      name(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, der(SEQUENCE, more)),
    );
    const signature = sign('sha256', content, this.keys.privateKey);
    return der(SEQUENCE, content, algorithm, der(0x03, [0], signature));
  }
}
