import { createLogger, Tracing } from '@claimwire/service-host';
import { Registry } from 'prom-client';
import type { Dispatcher } from 'undici';
import { expect, it } from 'vitest';
import { exampleDelivery, exampleDestination } from '../../test/examples.js';
import { FanoutMetrics } from '../metrics.js';
import { Attempter } from './attempter.js';

/** Answers what no client should hand on: headers that are none. */
const lying = {
  dispatch: (_options: unknown, handler: Dispatcher.DispatchHandler) => {
    const controller = {} as Dispatcher.DispatchController;
    handler.onRequestStart?.(controller, {});
    handler.onResponseStart?.(controller, 200, null as never);
    handler.onResponseEnd?.(controller, {});
    return true;
  },
} as unknown as Dispatcher;

it('an answer that we stumble over is a failed attempt, and ends nothing', async () => {
  const lines: string[] = [];
  const logger = createLogger({ name: 'x', level: 'info', destination: { write: (line) => void lines.push(line) } });
  const attempter = new Attempter(lying, logger, new FanoutMetrics(new Registry()), new Tracing());
  const { outcome, attempt } = await attempter.attempt(exampleDestination(), exampleDelivery());
  expect(outcome).toMatchObject({ type: 'retry' });
  expect(attempt).toMatchObject({ status: null, error: 'invalid_response', response: null });
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'delivery.answer_not_understood',
    'delivery.attempted',
  ]);
});
