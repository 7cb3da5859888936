import type { Keyring } from '@claimwire/keyring';
import type { NewJob } from './job.js';

export type SourceMessage = NewJob['message'];

const contextOf = (tenant: string, transactionId: string) => ({
  tenant,
  table: 'stedi_jobs',
  row: transactionId,
  column: 'sealed',
});

/** A webhook's bytes rest sealed, as everywhere outside Kafka. */
export function sealMessage(keyring: Keyring, tenant: string, transactionId: string, message: SourceMessage): Buffer {
  const { key, value } = message;
  return keyring.seal(JSON.stringify({ key, value: value.toString('base64') }), contextOf(tenant, transactionId));
}

/** @throws SealError where the key is no longer in the ring */
export function openMessage(keyring: Keyring, tenant: string, transactionId: string, sealed: Buffer): SourceMessage {
  const text = keyring.open(sealed, contextOf(tenant, transactionId));
  const { key, value } = JSON.parse(text) as { key: string | null; value: string };
  return { key, value: Buffer.from(value, 'base64') };
}
