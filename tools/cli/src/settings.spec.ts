import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { environment } from './settings.js';

const file = join(mkdtempSync(join(tmpdir(), 'claimwire-cli-')), 'dev.json');
writeFileSync(file, JSON.stringify({ kafka: { brokers: ['a:1', 'b:2'] }, postgres: { url: 'postgres://dev' } }));
afterAll(() => rmSync(dirname(file), { recursive: true }));

describe('where a command finds PostgreSQL and Kafka', () => {
  it('is the development system where the environment names neither', () => {
    expect(environment({ HOME: '/' }, file)).toEqual({
      HOME: '/',
      DATABASE_URL: 'postgres://dev',
      KAFKA_BROKERS: 'a:1,b:2',
    });
  });

  it("has the development system's keys", () => {
    const secrets = join(dirname(file), 'secrets.json');
    writeFileSync(secrets, JSON.stringify({ keyring: 'dev1:x' }));
    expect(environment({}, file)).toMatchObject({ CLAIMWIRE_KEYRING: 'dev1:x' });
    expect(environment({ DATABASE_URL: 'postgres://x' }, file)).not.toHaveProperty('CLAIMWIRE_KEYRING');
    rmSync(secrets);
  });

  it.each([{ DATABASE_URL: 'postgres://x' }, { KAFKA_BROKERS: 'x:1' }])(
    'is the environment alone where it names one of them: %j',
    (env) => {
      expect(environment(env, file)).toEqual(env);
    },
  );

  it('is nowhere while nothing runs', () => {
    expect(environment({}, `${file}.none`)).toEqual({});
  });
});
