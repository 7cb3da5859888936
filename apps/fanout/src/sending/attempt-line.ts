import { infoLines, jsonMember, type RootLogger } from '@claimwire/service-host';
import type { Delivery } from '../lanes/delivery.js';
import type { Outcome } from '../policy/decide-outcome.js';
import type { Phases } from './http-exchange.js';
import type { AttemptRecord } from './settlement.js';

type Tried = Pick<AttemptRecord, 'status' | 'error' | 'phases'>;

const EVENT = 'delivery.attempted';
const HEAD = jsonMember('event', EVENT);

/** The log line of one attempt, put together by hand: each delivery has one. */
export function attemptLines(logger: RootLogger): (delivery: Delivery, attempt: Tried, outcome: Outcome) => void {
  const write = infoLines(logger, EVENT);
  return (delivery, { status, error, phases }, outcome) => {
    const retry = outcome.type === 'retry' ? `,"retryInMs":${Math.round(outcome.delayMs)}` : '';
    const failure = error === null ? ',"error":null' : jsonMember('error', error);
    write(
      `${HEAD}${membersOf(delivery)},"outcome":"${outcome.type}"${retry},"status":${status}${failure}${timesOf(phases)}`,
    );
  };
}

function membersOf(delivery: Delivery): string {
  const { tenant, webhookId, id, eventId, eventType, tries, replayId } = delivery;
  const whose = jsonMember('tenant', tenant) + jsonMember('webhook', webhookId) + jsonMember('delivery', id);
  const what = jsonMember('eventId', eventId) + jsonMember('eventType', eventType);
  return `${whose}${what},"try":${tries + 1}${replayId === '' ? '' : jsonMember('replay', replayId)}`;
}

/** In milliseconds; null or left out where there was none. */
function timesOf(phases: Phases): string {
  let members = '';
  for (const name in phases) {
    const time = phases[name as keyof Phases];
    if (time !== undefined) members += `,"${name}":${time}`;
  }
  return members;
}
