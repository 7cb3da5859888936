import { describe, expect, it } from 'vitest';
import { HostConfig } from './host-config.js';
import { WithKafka } from './kafka-config.js';
import { readConfig } from './read-config.js';

class KafkaOnly extends WithKafka(HostConfig) {}

const read = (more: Record<string, string>) =>
  readConfig(KafkaOnly, { KAFKA_BROKERS: 'one:9093', MANAGEMENT_PORT: '0', ...more });
const scram = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'hunter2' };
const oauth = {
  KAFKA_SASL_MECHANISM: 'oauthbearer',
  KAFKA_OAUTH_TOKEN_URL: 'https://id.example.org/token',
  KAFKA_OAUTH_CLIENT_ID: 'u',
  KAFKA_OAUTH_CLIENT_SECRET: 'hunter2',
};

describe('the settings of a secured Kafka', () => {
  it.each([
    ['nothing', {}],
    ['TLS', { KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: 'ca.pem' }],
    ['mutual TLS', { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: 'c.pem', KAFKA_TLS_KEY_FILE: 'k.pem' }],
    ['SCRAM', { ...scram, KAFKA_TLS: 'true' }],
    ['SCRAM without TLS', { ...scram, NODE_ENV: 'production' }],
    ['OAuth', { ...oauth, KAFKA_TLS: 'true', NODE_ENV: 'production' }],
  ])('take %s', (_, more) => {
    expect(read(more)).toMatchObject({ ok: true });
  });

  it.each([
    ['a file without TLS', { KAFKA_TLS_CA_FILE: 'ca.pem' }, 'set KAFKA_TLS to true'],
    ['a certificate without its key', { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: 'c.pem' }, 'set both or none'],
    ['an unknown mechanism', { KAFKA_SASL_MECHANISM: 'gssapi' }, 'one of plain, scram-sha-256'],
    ['SCRAM without a password', { ...scram, KAFKA_SASL_PASSWORD: '' }, 'KAFKA_SASL_PASSWORD is not set'],
    ['OAuth without a client', { ...oauth, KAFKA_OAUTH_CLIENT_ID: '' }, 'KAFKA_OAUTH_CLIENT_ID is not set'],
    ['a token endpoint that is no URL', { ...oauth, KAFKA_OAUTH_TOKEN_URL: 'id' }, 'KAFKA_OAUTH_TOKEN_URL'],
    [
      'a password in plain sight in production',
      { ...scram, KAFKA_SASL_MECHANISM: 'plain', NODE_ENV: 'production' },
      'set KAFKA_TLS to true',
    ],
  ])('refuse %s, with what to do', (_, more, remedy) => {
    const result = read(more);
    expect(result).toMatchObject({ ok: false, problems: [expect.stringContaining(remedy)] });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});
