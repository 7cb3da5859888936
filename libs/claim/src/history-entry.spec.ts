import { expect, it } from 'vitest';
import { fact, NOTHING_STATED, remittance } from '../test/facts.js';
import { historyEntry } from './history-entry.js';

it('L22 shows what one webhook reported, whatever the fold made of it', () => {
  const reasons = [{ system: 'x12.277', code: '12' }];
  const stated = fact('evt_1', 'unknown', 1, { reasons, amounts: { ...NOTHING_STATED, billed: '228' } });
  expect(historyEntry({ fact: stated, version: 3, late: true })).toEqual({
    id: 'evt_1',
    version: 3,
    occurredAt: '2025-03-11T12:01:00.000Z',
    receivedAt: '2025-03-11T12:01:01.000Z',
    late: true,
    status: 'unknown',
    reasons,
    amounts: { currency: 'USD', ...NOTHING_STATED, billed: '228.00' },
    provider: 'cair',
    connection: 'con_1',
  });
});

it("L22 shows an 835 entry's own share, not the claim's sum", () => {
  const reversal = fact('evt_1', 'reversed', 1, { remittance: remittance('-180', { patientResponsibility: '-48' }) });
  const { amounts } = historyEntry({ fact: reversal, version: 1, late: false });
  expect(amounts).toMatchObject({ paid: '-180.00', patientResponsibility: '-48.00' });
});
