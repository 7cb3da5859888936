import {
  hashJson,
  headParser,
  isObject,
  parseJsonObject,
  readCode,
  readIdentifier,
  readObject,
  readTimestamp,
} from '@claimwire/provider-kit';
import type { JsonObject, WantedMembers } from '@claimwire/provider-kit';
import type { Timestamp } from '@claimwire/contracts';

/** What the hub reads of a Stedi event, whichever of the three forms it came in. */
interface EnvelopeBase {
  /** Stedi's name for it with the version, where it carries one: "transaction.processed.v2". */
  type: string;
  account: string | null;
  occurredAt: Timestamp;
  /** Event Destinations form: names the object only; direction, mode and time stand in the transaction itself. */
  thin: boolean;
}

export interface TransactionEnvelope extends EnvelopeBase {
  kind: 'transaction';
  transactionId: string;
  direction: string | null;
  mode: string | null;
  /** "277", "835" or another X12 transaction set; null where the event does not say. */
  transactionSet: string | null;
  partnership: string | null;
}

export interface FileEnvelope extends EnvelopeBase {
  kind: 'file';
  noticeType: 'file.delivered' | 'file.failed';
  fileExecutionId: string;
  identity: string;
  detail: JsonObject;
}

/** An event type that is not about claims, for example file.processed: kept on the raw topic, nothing more. */
export interface OtherEnvelope extends EnvelopeBase {
  kind: 'other';
  entityId: string;
  identity: string;
}

export type Envelope = TransactionEnvelope | FileEnvelope | OtherEnvelope | { kind: 'malformed'; reason: string };

/** Ids go into the path of a report's address: nothing that could leave its segment. */
const PATH_SAFE = /^[A-Za-z0-9_-]{1,128}$/;
const VERSION_SUFFIX = /\.v\d+$/;
const THIN_RESOURCE = /^transaction(?:\.|$)/;

const malformed = (reason: string) => ({ kind: 'malformed', reason }) as const;

/** The id of a transaction where it can stand in an address; Stedi's are UUIDs. */
export function readTransactionId(value: unknown): string | null {
  return typeof value === 'string' && PATH_SAFE.test(value) ? value : null;
}

/** Reads a webhook body: the EventBridge envelope, bare or as `{"event":…}`, or the thin form, bare or as `{"v1Event":…}`. */
export const readEnvelope = (body: Buffer): Envelope => readEvent(parseJsonObject(body));

const EVENT_HEAD = {
  ...{ object: true, 'detail-type': true, account: true, detail: { transactionId: true, processedAt: true } },
  ...{ type: true, created: true, resource: { id: true } },
} satisfies WantedMembers;
const parseHead = headParser({ ...EVENT_HEAD, event: EVENT_HEAD, v1Event: EVENT_HEAD });

/** Type, account, id and time of an event about a transaction, which most are; of any other body all. */
export function readEnvelopeHead(body: Buffer): Envelope {
  const head = readEvent(parseHead(body));
  return head.kind === 'transaction' ? head : readEnvelope(body);
}

function readEvent(parsed: JsonObject | null): Envelope {
  if (!parsed) return malformed('not_a_json_object');
  const event = [parsed.event, parsed.v1Event].find(isObject) ?? parsed;
  return event.object === 'v1.event' ? readThin(event) : readClassic(event);
}

function readClassic(event: JsonObject): Envelope {
  const type = readCode(event['detail-type']);
  if (type === null) return malformed('event_type_missing');
  const detail = readObject(event.detail);
  const occurredAt = readTimestamp(detail.processedAt);
  const base = { type, account: readCode(event.account), thin: false };
  switch (type.replace(VERSION_SUFFIX, '')) {
    case 'transaction.processed': {
      const transactionId = readTransactionId(detail.transactionId);
      if (transactionId === null) return malformed('transaction_id_missing_or_unsafe');
      if (occurredAt === null) return malformed('event_time_missing');
      return { ...base, kind: 'transaction', occurredAt, transactionId, ...readTransactionDetail(detail) };
    }
    case 'file.delivered':
      return readFile({ ...base, occurredAt }, 'file.delivered', detail.fileExecutionId, detail);
    case 'file.failed':
      return readFile({ ...base, occurredAt }, 'file.failed', detail.fileExecutionId, detail);
    default:
      return readOther(
        { ...base, occurredAt: occurredAt ?? readTimestamp(event.time) },
        [detail.transactionId, detail.fileExecutionId, detail.fragmentId, event.id],
        event,
      );
  }
}

/** `x12` holds the transaction set id flat or nested, as text or number; partnership and mode stand beside it. */
export function readTransactionDetail(detail: JsonObject) {
  const x12 = readObject(detail.x12);
  const nested = readObject(readObject(x12.metadata).transaction);
  return {
    direction: readCode(detail.direction)?.toUpperCase() ?? null,
    mode: readCode(detail.mode)?.toLowerCase() ?? null,
    transactionSet: readCode(nested.transactionSetIdentifier) ?? readCode(x12.transactionSetIdentifier),
    partnership: readCode(readObject(detail.partnership).partnershipId),
  };
}

type PartialBase = Omit<EnvelopeBase, 'occurredAt'> & { occurredAt: Timestamp | null };

function readFile(
  base: PartialBase,
  noticeType: FileEnvelope['noticeType'],
  id: unknown,
  detail: JsonObject,
): Envelope {
  const fileExecutionId = readIdentifier(id);
  if (fileExecutionId === null) return malformed('file_execution_id_missing');
  if (base.occurredAt === null) return malformed('event_time_missing');
  // One execution can deliver several artifacts: what tells them apart is in the detail.
  const identity = `${noticeType}:${hashJson(detail)}`;
  return { ...base, occurredAt: base.occurredAt, kind: 'file', noticeType, fileExecutionId, identity, detail };
}

function readOther(base: PartialBase, ids: unknown[], event: JsonObject): Envelope {
  const entityId = ids.map(readIdentifier).find((id) => id !== null);
  if (entityId === undefined) return malformed('entity_id_missing');
  if (base.occurredAt === null) return malformed('event_time_missing');
  return { ...base, occurredAt: base.occurredAt, kind: 'other', entityId, identity: hashJson(event) };
}

/** Stedi says TEST or PRODUCTION here, "test" or "production" in the other form. */
function readThin(event: JsonObject): Envelope {
  const type = readCode(event.type);
  if (type === null) return malformed('event_type_missing');
  const resource = readObject(event.resource);
  const base = { type, account: readCode(event.account), thin: true, occurredAt: readTimestamp(event.created) };
  switch (type.replace(VERSION_SUFFIX, '')) {
    case 'transaction.processed': {
      const transactionId = readTransactionId(resource.id);
      if (transactionId === null) return malformed('transaction_id_missing_or_unsafe');
      if (base.occurredAt === null) return malformed('event_time_missing');
      return {
        ...base,
        occurredAt: base.occurredAt,
        kind: 'transaction',
        transactionId,
        direction: null,
        mode: readCode(event.environment)?.toLowerCase() ?? null,
        transactionSet: readThinTransactionSet(event, transactionId),
        partnership: null,
      };
    }
    case 'file.delivered':
      return readFile(base, 'file.delivered', resource.id, { resource, relatedResources: event.relatedResources });
    case 'file.failed':
      return readFile(base, 'file.failed', resource.id, { resource, relatedResources: event.relatedResources });
    default:
      return readOther(base, [resource.id, event.id], event);
  }
}

/** "transaction.x12.835" among the related resources that are this transaction; another's type says nothing of it. */
function readThinTransactionSet(event: JsonObject, transactionId: string): string | null {
  const related = Array.isArray(event.relatedResources) ? event.relatedResources.map(readObject) : [];
  const types = [readObject(event.resource), ...related]
    .filter((resource) => resource.id === transactionId)
    .map((resource) => readCode(resource.type) ?? '');
  const x12 = types.find((type) => THIN_RESOURCE.test(type) && type.includes('.x12.'));
  return x12?.split('.x12.')[1] ?? null;
}
