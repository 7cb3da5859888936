import type { Keyring } from '@claimwire/keyring';
import type { RawEventRecord } from '../raw-event-sink.js';

/** An event as the spool's table holds it. */
export interface SpoolEntry {
  tenant: string;
  ceId: string;
  topic: string;
  sealed: Buffer;
}

interface Content {
  key: string;
  headers: Record<string, string>;
  /** base64 */
  value: string;
}

const contextOf = ({ tenant, ceId }: Pick<SpoolEntry, 'tenant' | 'ceId'>) => ({
  tenant,
  table: 'ingress_spool',
  row: ceId,
  column: 'sealed',
});

export function sealRecord(keyring: Keyring, { topic, key, headers, value }: RawEventRecord): SpoolEntry {
  const place = { tenant: headers['claimwire-tenant'] ?? '', ceId: headers['ce_id'] ?? '' };
  const content: Content = { key, headers, value: value.toString('base64') };
  return { ...place, topic, sealed: keyring.seal(JSON.stringify(content), contextOf(place)) };
}

/** @throws SealError when its key is not in the ring */
export function openRecord(keyring: Keyring, entry: SpoolEntry): RawEventRecord {
  const { key, headers, value } = JSON.parse(keyring.open(entry.sealed, contextOf(entry))) as Content;
  return { topic: entry.topic, key, headers, value: Buffer.from(value, 'base64') };
}
