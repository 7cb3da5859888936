import { randomBytes } from 'node:crypto';
import { PublishTimeoutError, RecordTooLargeError } from '@claimwire/kafka';
import { Keyring } from '@claimwire/keyring';
import { describe, expect, it } from 'vitest';
import { drainBatch } from './drain-batch.js';
import { sealRecord } from './spool-entry.js';

const keyring = Keyring.parse(`k1:${randomBytes(32).toString('base64')}`);
const row = (id: string, ring = keyring) => {
  const headers = { ce_id: `raw_${id}`, 'claimwire-tenant': 'acme' };
  return { id, ...sealRecord(ring, { topic: 't', key: 'k', value: Buffer.from(id), headers }) };
};

describe('drainBatch', () => {
  it('publishes in order and tells apart what is acknowledged, refused and to be tried again', async () => {
    const errors = new Map<string, Error>([
      ['2', new RecordTooLargeError('t', 1)],
      ['4', new PublishTimeoutError('t', 1)],
    ]);
    const published: string[] = [];
    const drained = await drainBatch(
      ['1', '2', '3', '4'].map((id) => row(id)),
      keyring,
      async ({ value }) => {
        published.push(value.toString());
        return errors.get(value.toString()) ?? null;
      },
    );
    expect(published).toEqual(['1', '2', '3', '4']);
    expect(drained).toEqual({ published: ['1', '3'], refused: ['2'], outage: true });
  });

  it('sets aside a row that the key ring does not open', async () => {
    const foreign = Keyring.parse(`k2:${randomBytes(32).toString('base64')}`);
    const drained = await drainBatch([row('1', foreign), row('2')], keyring, async () => null);
    expect(drained).toEqual({ published: ['2'], refused: ['1'], outage: false });
  });
});
