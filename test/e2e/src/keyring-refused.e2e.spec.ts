import { randomBytes } from 'node:crypto';
import { AppProcess } from '@claimwire/testkit/pipeline';
import { describe, expect, it } from 'vitest';

const DEVELOPMENT_KEY = randomBytes(32).toString('base64');
/** The settings are read before anything is connected to: none of these is there. */
const ELSEWHERE = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x', KAFKA_BROKERS: '127.0.0.1:1', PORT: '0' };
async function refuses(app: string, env: Record<string, string>, message: RegExp): Promise<void> {
  const process = new AppProcess(app, { ...ELSEWHERE, NODE_ENV: 'production', ...env });
  expect([app, await process.ended()]).toEqual([app, 78]);
  expect(process.output).toMatch(message);
  expect(process.output).not.toContain(DEVELOPMENT_KEY);
}

describe('in production', () => {
  // One of each kind: the ingresses are one module.
  it('no app that seals starts without a key ring', async () => {
    const apps = ['api', 'ingress-cair', 'stedi-reports', 'fanout'];
    await Promise.all(apps.map((app) => refuses(app, {}, /CLAIMWIRE_KEYRING is not set/)));
  });

  // The normaliser needs no ring until a claim was erased; one that it has is checked as everywhere.
  it('no app starts with the development key', async () => {
    const env = { CLAIMWIRE_KEYRING: `dev1:${DEVELOPMENT_KEY}` };
    await Promise.all(['normalizer', 'fanout'].map((app) => refuses(app, env, /development key "dev1"/)));
  });
});
