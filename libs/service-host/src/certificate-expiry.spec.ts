import { join } from 'node:path';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { showCertificateExpiry } from './certificate-expiry.js';

const FILE = join(import.meta.dirname, '../test/certificate.pem');
const METRIC = 'claimwire_certificate_expiry_timestamp_seconds';

async function shown(config: object) {
  const registry = new Registry();
  showCertificateExpiry(config, registry);
  return (await registry.getSingleMetric(METRIC)?.get())?.values;
}

it('shows when the certificate of a client ends, and nothing where there is none', async () => {
  expect(await shown({ KAFKA_TLS_CERT_FILE: FILE })).toEqual([
    { labels: { use: 'kafka' }, value: Date.parse('2036-11-19T19:56:01Z') / 1_000 },
  ]);
  expect(await shown({})).toEqual([]);
});

it('does not start over a file that is no certificate', async () => {
  await expect(shown({ KAFKA_TLS_CERT_FILE: import.meta.filename })).rejects.toThrow();
});
