import { randomBytes } from 'node:crypto';
import { readConfig, type Environment } from '@claimwire/service-host';
import { describe, expect, it } from 'vitest';
import { ApiConfig, TopicsConfig } from './config.js';

const ENOUGH = {
  PORT: '0',
  MANAGEMENT_PORT: '0',
  DATABASE_URL: 'postgres://localhost/x',
  KAFKA_BROKERS: 'localhost:9092',
  CLAIMWIRE_KEYRING: `k1:${randomBytes(32).toString('base64')}`,
};

const problemsOf = (env: Environment) => {
  const read = readConfig(ApiConfig, { ...ENOUGH, ...env });
  return read.ok ? [] : read.problems;
};

describe('settings of the API', () => {
  it('name the ingress of each provider, without a slash at the end', () => {
    const read = readConfig(ApiConfig, { ...ENOUGH, PUBLIC_INGRESS_URLS: '{"cair":"https://in.example/"}' });
    if (!read.ok) throw new Error(read.problems.join());
    expect(read.config.ingressUrl('cair')).toBe('https://in.example');
    expect(read.config.ingressUrl('constructor')).toBeUndefined();
  });

  it.each([
    ['addresses that are not JSON', { PUBLIC_INGRESS_URLS: 'https://in.example' }, /PUBLIC_INGRESS_URLS/],
    ['an address that is none', { PUBLIC_INGRESS_URLS: '{"cair":"here"}' }, /PUBLIC_INGRESS_URLS/],
    ['a default tenant in production', { NODE_ENV: 'production', DEV_ADMIN_TENANT: 'demo' }, /DEV_ADMIN_TENANT/],
    ['half of OpenID Connect', { OIDC_ISSUER: 'https://id.example' }, /OIDC_AUDIENCE/],
    ['a short admin key', { BOOTSTRAP_ADMIN_KEY: 'cw_short' }, /BOOTSTRAP_ADMIN_KEY/],
  ])('refuse %s', (_what, env, expected) => {
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('never repeat the admin key', () => {
    expect(problemsOf({ BOOTSTRAP_ADMIN_KEY: 'cw_short' }).join()).not.toContain('cw_short');
  });
});

describe('settings of the topics command', () => {
  it('refuse more in-sync replicas than there are', () => {
    const env = { KAFKA_BROKERS: 'localhost:9092', MANAGEMENT_PORT: '0', TOPIC_MIN_INSYNC_REPLICAS: '2' };
    expect(readConfig(TopicsConfig, env)).toMatchObject({ ok: false });
    expect(readConfig(TopicsConfig, { ...env, TOPIC_REPLICATION: '3' })).toMatchObject({ ok: true });
  });
});
