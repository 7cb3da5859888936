import { randomBytes, randomUUID } from 'node:crypto';
import {
  sampleTransactionId,
  stediFileDelivered,
  stediFileFailed,
  stediThinEvent,
  stediTransactionEvent,
} from '@claimwire/testkit/senders';
import { UsageError } from '../../usage-error.js';
import type { EventInput, EventKind } from './event-kind.js';

type Kind = '277' | '835';

/** CLP02 is a number, a 277CA's category begins with a letter. */
const kindOf = (status: string): Kind => (/^\d/.test(status) ? '835' : '277');

/** @throws UsageError where no sample transaction can hold this claim and status */
function transactionIdOf(kind: Kind, { claim, status, at }: EventInput): string {
  try {
    return sampleTransactionId({ kind, status, processedAt: at, patientControlNumber: claim });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const form = kind === '277' ? 'a category such as A2 or A7' : 'a CLP02 such as 1, 4 or 22';
    throw new UsageError(
      `stedi ${kind}: --status is ${form}, --claim 1 to 38 letters, digits, "_" and "-", --at a time since 1970.`,
    );
  }
}

function announce(kind: Kind, input: EventInput): object {
  const transactionId = transactionIdOf(kind, input);
  return stediTransactionEvent({ transactionId, transactionSet: kind, processedAt: input.at.toISOString() });
}

function announceThinly(input: EventInput): object {
  const transactionSet = kindOf(input.status);
  const transactionId = transactionIdOf(transactionSet, input);
  return stediThinEvent({ transactionId, transactionSet, created: input.at.toISOString() });
}

const transaction = {
  route: 'webhook',
  claim: 'patient control number of the claim in the report',
  newClaim: () => `PCN${randomBytes(6).toString('hex').toUpperCase()}`,
  // X12 compares control numbers without case.
  claimId: (claim: string) => claim.toUpperCase(),
};
const file = {
  route: 'webhook',
  statuses: null,
  defaultStatus: '',
  claim: 'fileExecutionId',
  newClaim: randomUUID,
  claimId: null,
};

export const STEDI_EVENTS: readonly EventKind[] = [
  {
    ...transaction,
    name: '277',
    help: 'transaction.processed of a 277CA with one claim',
    statuses: 'status category of the claim: A2, A7, …',
    defaultStatus: 'A2',
    body: (input) => announce('277', input),
  },
  {
    ...transaction,
    name: '835',
    help: 'transaction.processed of an 835 with one claim',
    statuses: 'CLP02 of the claim: 1 (paid), 4 (denied), 22 (reversed), …',
    defaultStatus: '1',
    body: (input) => announce('835', input),
  },
  {
    ...transaction,
    name: 'thin',
    help: "either of them in Event Destinations' thin form",
    statuses: 'a category (a 277CA) or a CLP02 (an 835)',
    defaultStatus: '1',
    body: announceThinly,
  },
  {
    ...file,
    name: 'file-delivered',
    help: 'file.delivered.v2',
    body: ({ claim, at }) => stediFileDelivered({ fileExecutionId: claim, processedAt: at.toISOString() }),
  },
  {
    ...file,
    name: 'file-failed',
    help: 'file.failed.v2',
    body: ({ claim, at }) => stediFileFailed({ fileExecutionId: claim, processedAt: at.toISOString() }),
  },
];
