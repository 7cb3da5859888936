import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeSettings } from './describe-settings.js';
import { HostConfig, WithDatabase, WithHttp, WithKeyring } from './host-config.js';
import { WithKafka } from './kafka-config.js';
import { formatProblems } from './load-config.js';
import { readConfig } from './read-config.js';
import { Setting } from './setting.js';

class AllConfig extends WithKeyring(WithDatabase(WithKafka(WithHttp(HostConfig)))) {
  @Setting({ help: 'the networks that may be reached', default: [] })
  NETWORKS!: string[];

  @Setting({ help: 'whether to be loud', default: false })
  LOUD!: boolean;
}

const GOOD = {
  KAFKA_BROKERS: 'one:9092, two:9092',
  DATABASE_URL: 'postgres://u:hunter2@host/db',
  CLAIMWIRE_KEYRING: `k1:${randomBytes(32).toString('base64')}`,
  MANAGEMENT_PORT: '5100',
};

describe('readConfig', () => {
  it('reads numbers, lists and booleans, and fills in defaults', () => {
    const result = readConfig(AllConfig, { ...GOOD, LOUD: 'true', DATABASE_POOL_SIZE: '3' }, { PORT: 4000 });
    expect(result).toMatchObject({
      ok: true,
      config: {
        KAFKA_BROKERS: ['one:9092', 'two:9092'],
        DATABASE_POOL_SIZE: 3,
        PORT: 4000,
        MANAGEMENT_PORT: 5100,
        LOUD: true,
        NETWORKS: [],
        KAFKA_TOPIC_PREFIX: '',
        LOG_LEVEL: 'info',
      },
    });
    expect(result.ok && result.config).toBeInstanceOf(AllConfig);
  });

  it('names every problem at once, with what to set', () => {
    const result = readConfig(AllConfig, { MANAGEMENT_PORT: '99999', PORT: 'http', LOUD: 'yes', LOG_LEVEL: 'loud' });
    const problems = result.ok ? [] : result.problems;
    for (const name of [
      'KAFKA_BROKERS',
      'DATABASE_URL',
      'CLAIMWIRE_KEYRING',
      'MANAGEMENT_PORT',
      'PORT',
      'LOUD',
      'LOG_LEVEL',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
      expect(problems.join('\n')).toContain(`set ${name} to `);
    }
    expect(formatProblems('sample', problems)).toContain('sample cannot start, 7 settings are wrong');
  });

  it('takes an empty variable as unset', () => {
    const result = readConfig(AllConfig, { ...GOOD, PORT: '1', LOG_LEVEL: '' });
    expect(result).toMatchObject({ ok: true, config: { LOG_LEVEL: 'info' } });
  });

  it('never prints the value of a secret', () => {
    const wrong = { ...GOOD, PORT: '1', DATABASE_URL: 'mysql://u:hunter2@host/db', CLAIMWIRE_KEYRING: 'hunter2' };
    const result = readConfig(AllConfig, wrong);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('refuses an armed fault point in production', () => {
    const result = readConfig(AllConfig, { ...GOOD, PORT: '1', NODE_ENV: 'production', CLAIMWIRE_TEST_FAULT: 'x' });
    expect(result).toMatchObject({ ok: false, problems: [expect.stringContaining('CLAIMWIRE_TEST_FAULT')] });
  });
});

describe('describeSettings', () => {
  it('lists each setting with default, unit and meaning', () => {
    const text = describeSettings('sample', AllConfig, { PORT: 4101 });
    expect(text).toMatch(/^PORT +4101 +the public port$/m);
    expect(text).toMatch(/^SHUTDOWN_GRACE_MS +10000 +ms +how long/m);
    expect(text).toMatch(/^DATABASE_URL +\(required\)/m);
    expect(text).toMatch(/^CLAIMWIRE_TEST_FAULT +\(none\)/m);
  });
});
