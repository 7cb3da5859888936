import { createLogger } from '@claimwire/service-host';
import { describe, expect, it } from 'vitest';
import { exampleDelivery } from '../../test/examples.js';
import type { Delivery } from '../lanes/delivery.js';
import type { Outcome } from '../policy/decide-outcome.js';
import { attemptLines } from './attempt-line.js';
import type { Exchange } from './http-exchange.js';

const DELIVERY = exampleDelivery({
  tenant: 'clinic "one"\n',
  claimKey: 'canary-claim',
  tries: 1,
  message: Buffer.from('canary-message'),
});
const ANSWERED: Exchange = {
  status: 204,
  error: null,
  headers: { 'x-canary': 'canary-header' },
  body: Buffer.from('canary-body'),
  phases: { tcp: 0.4, connect: 0.5, firstByte: 2.1, total: 2.2 },
};

function lineOf(delivery: Delivery, exchange: Exchange, outcome: Outcome): Record<string, unknown> {
  const lines: string[] = [];
  const logger = createLogger({ name: 'x', level: 'info', destination: { write: (line) => void lines.push(line) } });
  attemptLines(logger)(delivery, exchange, outcome);
  expect(lines.join('')).not.toContain('canary');
  const [{ level, time, service, pid, ...rest }] = lines.map((line) => JSON.parse(line) as Record<string, unknown>) as [
    Record<string, unknown>,
  ];
  expect({ level, service, pid, time: typeof time }).toEqual({
    ...{ level: 'info', service: 'x', pid: process.pid, time: 'string' },
  });
  return rest;
}

const COMMON = {
  event: 'delivery.attempted',
  msg: 'delivery.attempted',
  tenant: 'clinic "one"\n',
  webhook: 'whk_1',
  delivery: '4711',
  eventId: 'evt_1',
  eventType: 'claim.updated',
  try: 2,
};

describe('the log line of an attempt', () => {
  it('says whose it is, what came of it and how long its phases took, and nothing of what was sent', () => {
    expect(lineOf(DELIVERY, ANSWERED, { type: 'delivered' })).toEqual({
      ...COMMON,
      ...{ outcome: 'delivered', status: 204, error: null, tcp: 0.4, connect: 0.5, firstByte: 2.1, total: 2.2 },
    });
  });

  it('says of a failed one when it is made again, and of a replay whose it is', () => {
    const phases = { connect: null, firstByte: null, total: 5_000 };
    const failed: Exchange = { ...ANSWERED, status: null, error: 'timeout', phases };
    expect(lineOf({ ...DELIVERY, replayId: 'rpl_1' }, failed, { type: 'retry', delayMs: 999.6 })).toEqual({
      ...COMMON,
      ...{ replay: 'rpl_1', outcome: 'retry', retryInMs: 1_000, status: null, error: 'timeout', ...phases },
    });
  });
});
