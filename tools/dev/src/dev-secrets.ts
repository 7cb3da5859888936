import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Keys of one development checkout, made once: with new ones its earlier data could not be read. */
export interface DevSecrets {
  /** A platform-admin key, which the API takes over at boot. */
  readonly adminKey: string;
  /** CLAIMWIRE_KEYRING. */
  readonly keyring: string;
  readonly postgresPassword: string;
}

const generate = (): DevSecrets => ({
  adminKey: `cw_live_${randomBytes(24).toString('hex')}`,
  keyring: `dev1:${randomBytes(32).toString('base64')}`,
  postgresPassword: randomBytes(16).toString('hex'),
});

/** The secrets in `file`, made when there are none. Only the owner can read it. */
export const loadSecrets = (file: string): DevSecrets => {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as DevSecrets;
  const secrets = generate();
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(draft, file);
  return secrets;
};
