import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';

/** Settings that name the file of a certificate by which this process shows who it is, and what it is used for. */
const CERTIFICATES = { KAFKA_TLS_CERT_FILE: 'kafka' } as const;

/**
 * Shows when the process's certificates end. It holds what was read at the start until it ends, so the file is read once.
 * @throws when a named file cannot be read or holds no certificate
 */
export function showCertificateExpiry(config: object, registry: Registry): void {
  const gauge = new Gauge({
    name: 'claimwire_certificate_expiry_timestamp_seconds',
    help: 'When the certificate that this process shows ends, in Unix time',
    labelNames: ['use'] as const,
    registers: [registry],
  });
  const files = new Map(Object.entries(config));
  for (const [setting, use] of Object.entries(CERTIFICATES)) {
    const file: unknown = files.get(setting);
    if (typeof file !== 'string') continue;
    gauge.set({ use }, new X509Certificate(readFileSync(file)).validToDate.getTime() / 1_000);
  }
}
