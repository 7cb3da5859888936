import { createHash } from 'node:crypto';
import type { ClaimFact } from '@claimwire/claim';
import type { MessageHeaders, Notice, Reason } from '@claimwire/contracts';
import type { ConnectionSettings, RawSource } from '@claimwire/provider-kit';
import type { RawMessage, ReadMessage } from './raw-message.js';

/** What normalising needs to know of a connection. */
export interface ConnectionView {
  settings: ConnectionSettings;
  /** The tenant lets a provider's free text through. */
  freeText: boolean;
}

/** What became of one raw message; every one of them must be settled. */
export type Settled =
  | { kind: 'facts'; facts: ClaimFact[]; traceparent: string | undefined }
  | { kind: 'notice'; notice: Notice; headers: MessageHeaders }
  | { kind: 'ignored'; reason: string }
  | { kind: 'quarantine'; reason: string; message: RawMessage };

export interface NormaliseContext {
  source: RawSource;
  /** Without the deployment's prefix. */
  topic: string;
  partition: number;
  connections: ReadonlyMap<string, ConnectionView>;
}

/** Never throws for what a provider may send; an exception is a bug and crashes the consumer. */
export function normaliseMessage({ message, headers }: ReadMessage, context: NormaliseContext): Settled {
  if (headers === null) return { kind: 'quarantine', reason: 'headers_invalid', message };
  const connection = context.connections.get(headers.connection);
  if (!connection) return { kind: 'quarantine', reason: 'connection_unknown', message };
  const body = message.value ?? Buffer.alloc(0);
  const { topic, partition } = context;
  const sha256 = createHash('sha256').update(body).digest('hex');
  const raw = { topic, partition, offset: String(message.offset), sha256 };
  const outcome = context.source.normalise({ headers, body, raw, settings: connection.settings });
  switch (outcome.kind) {
    case 'facts':
      return {
        kind: 'facts',
        facts: connection.freeText ? outcome.facts : outcome.facts.map(withoutFreeText),
        traceparent: headers.traceparent,
      };
    case 'notice': {
      const { id, type, entity, occurredAt, data } = outcome.notice;
      const notice = { id, type, tenant: headers.tenant, entity, occurredAt, receivedAt: headers.time, data };
      return { kind: 'notice', notice, headers };
    }
    case 'ignored':
      return outcome;
    case 'quarantine':
      return { kind: 'quarantine', reason: outcome.reason, message };
  }
}

/** Minimum necessary: a provider's own words may name a person. */
function withoutFreeText(fact: ClaimFact): ClaimFact {
  const lines = fact.lines.map((line) => ({ ...line, reasons: line.reasons.map(codesOnly) }));
  return { ...fact, reasons: fact.reasons.map(codesOnly), lines };
}

function codesOnly({ system, code, group, amount }: Reason): Reason {
  return { system, code, ...(group === undefined ? {} : { group }), ...(amount === undefined ? {} : { amount }) };
}
