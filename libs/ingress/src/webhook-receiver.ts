import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ConnectionConfig, IngressRoute, Provider, Reception, Verification } from '@claimwire/provider-kit';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import {
  aborted,
  type Answer,
  malformedFinal,
  notGzip,
  notJson,
  received,
  refused,
  refusedTooOften,
  tooLarge,
  tooManyHeaders,
  unavailable,
  unknownToken,
} from './answer.js';
import { BodyIntake } from './body-intake.js';
import { buildRecord, type BuiltRecord } from './build-record.js';
import { ConnectionStore } from './connection-store.js';
import { describeBug } from './describe-bug.js';
import { FailedAuthBudget } from './failed-auth-budget.js';
import { InFlightBudget } from './in-flight-budget.js';
import { IngressConfig } from './ingress-config.js';
import { exceededLimit, type JsonLimits } from './json-limits.js';
import type { TokenEntry } from './load-connections.js';
import { isJsonMediaType } from './media-type.js';
import { IngressMetrics } from './metrics.js';
import { PROVIDER } from './provider.token.js';
import { RAW_EVENT_SINK, type RawEventSink } from './raw-event-sink.js';
import type { BodyReading } from './read-body.js';
import { RefusalAudit } from './refusal-audit.js';
import type { RequestTrace } from './request-trace.js';
import { SpoolFullError } from './spool/spool-writer.js';
import { traceparentOf } from './traceparent.js';

/** Refusals that say nothing about the sender: what we stored is broken. A 401 would make Stedi stop for good. */
const OUR_FAULT: ReadonlySet<string> = new Set(['key_unusable', 'auth_type_unknown']);

/** What a request costs besides its body: headers, sockets, promises. A bound, not a measure. */
const REQUEST_OVERHEAD_BYTES = 4 * 1024;

/**
 * Whoever awaits it lets the other requests of this turn of the event loop come as far (`EndOfTurn` brings them together): all are
 * verified, then all built, then all published. The code of a stage stays in the processor's caches; that is worth more than the promise.
 */
const NEXT_STAGE = Promise.resolve();

/** A verified request, ready to be judged by its content. */
interface Genuine {
  route: IngressRoute;
  connection: ConnectionConfig;
  headers: IncomingHttpHeaders;
  body: Buffer;
  receivedAt: Date;
  trace: RequestTrace | null;
}

/** The ingress contract, in its order: address, size, credentials, media type, content, durability (README). */
@Injectable()
export class WebhookReceiver {
  private readonly budget: InFlightBudget;
  private readonly failedAuth: FailedAuthBudget;
  private readonly intake: BodyIntake;
  private readonly jsonLimits: JsonLimits;

  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly connections: ConnectionStore,
    @Inject(RAW_EVENT_SINK) private readonly sink: RawEventSink,
    private readonly audit: RefusalAudit,
    private readonly metrics: IngressMetrics,
    private readonly config: IngressConfig,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {
    this.budget = new InFlightBudget(config.MAX_IN_FLIGHT_BYTES);
    this.failedAuth = new FailedAuthBudget(config.FAILED_AUTH_PER_MINUTE);
    this.intake = new BodyIntake({ maxBytes: config.MAX_BODY_BYTES, acceptGzip: config.INGRESS_ACCEPT_GZIP });
    this.jsonLimits = { maxDepth: config.MAX_JSON_DEPTH, maxValues: config.MAX_JSON_VALUES };
    metrics.followInFlightBytes(() => this.budget.bytes);
  }

  async receive(
    route: IngressRoute,
    token: string,
    request: IncomingMessage,
    trace: RequestTrace | null = null,
  ): Promise<Answer> {
    if (request.rawHeaders.length > 2 * this.config.MAX_HEADERS) return tooManyHeaders();
    const share = this.budget.open();
    try {
      if (!share.grow(REQUEST_OVERHEAD_BYTES)) return unavailable('overloaded');
      const receivedAt = new Date();
      // Awaited only where there is something to wait for: each turn through a promise costs.
      const found = this.connectionOf(token, receivedAt);
      const connection = found instanceof Promise ? await found : found;
      if ('status' in connection) return connection;

      const reading = await this.intake.read(request, share);
      if (reading.kind !== 'complete') return this.unread(reading.kind, connection);

      const { headers } = request;
      const claimed = { route, connection, headers, body: reading.body, receivedAt, trace };
      const verification = await this.verify(claimed, connection, receivedAt);
      const source = verification.ok ? '' : (request.socket.remoteAddress ?? '');
      const genuine = verification.ok
        ? claimed
        : await this.verifiedByNewer(claimed, verification.reason, token, source);
      if ('status' in genuine) return genuine;
      const unreadable = this.unreadable(genuine);
      if (unreadable) return unreadable;
      const built = this.build(genuine);
      await NEXT_STAGE;
      try {
        await this.sink.accept(built.record);
      } catch (error) {
        return this.notStored(built, genuine.connection, error);
      }
      return this.stored(built, genuine.connection);
    } finally {
      share.release();
    }
  }

  private unread(kind: Exclude<BodyReading['kind'], 'complete'>, { id, tenant }: ConnectionConfig): Answer {
    const more = { connection: id, tenant };
    switch (kind) {
      case 'too_large':
        return tooLarge(this.config.MAX_BODY_BYTES, more);
      case 'no_room':
        return unavailable('overloaded', more);
      case 'aborted':
        return aborted(more);
      case 'not_gzip':
        return notGzip(more);
    }
  }

  private connectionOf(token: string, now: Date): ConnectionConfig | Answer | Promise<ConnectionConfig | Answer> {
    const found = this.connections.find(token, now);
    if (!(found instanceof Promise)) return configOf(found);
    return found.then(configOf, () => unavailable('connections_unavailable'));
  }

  /** @returns the request with the newer connection that found it genuine, or why it is refused */
  private async verifiedByNewer(
    request: Genuine,
    reason: string,
    token: string,
    source: string,
  ): Promise<Genuine | Answer> {
    const { connection, receivedAt } = request;
    // What was signed may be what these bytes are when they are unpacked: nobody can say that the signature is wrong.
    if (reason === 'signature_mismatch' && !this.intake.understands(request.headers)) return this.unreadable(request)!;
    const newer = await this.connections.findNewer(token, connection).catch(() => undefined);
    if (newer === undefined) return unavailable('connections_unavailable', { connection: connection.id });
    if (!newer) return this.refuse(connection, reason, receivedAt, source);
    const again = await this.verify(request, newer, receivedAt);
    return again.ok ? { ...request, connection: newer } : this.refuse(newer, again.reason, receivedAt, source);
  }

  private refuse(connection: ConnectionConfig, reason: string, receivedAt: Date, source: string): Answer {
    const more = { reason, connection: connection.id, tenant: connection.tenant };
    if (OUR_FAULT.has(reason)) return unavailable(reason, more);
    const waitSeconds = this.failedAuth.spend(source, connection.id);
    this.metrics.countRefusal(this.provider.name, reason);
    this.audit.record(connection, reason, receivedAt);
    if (waitSeconds !== null) return refusedTooOften(waitSeconds, more);
    return refused(connection.auth.type === 'basic' ? 'Basic' : 'Webhook', more);
  }

  private verify(request: Genuine, connection: ConnectionConfig, now: Date): Verification | Promise<Verification> {
    try {
      const verification = this.provider.verify(request, connection, now);
      if (!(verification instanceof Promise)) return verification;
      return verification.catch((error: unknown) => this.unverifiable(error, connection));
    } catch (error) {
      return this.unverifiable(error, connection);
    }
  }

  /** Providers promise not to throw: whatever this is, it is not the sender's credentials. */
  private unverifiable(error: unknown, { id }: ConnectionConfig): Verification {
    this.logger.error({ bug: describeBug(error), connection: id }, 'verification failed by a bug');
    return { ok: false, reason: 'key_unusable' };
  }

  private unreadable({ connection, headers }: Genuine): Answer | null {
    const more = { connection: connection.id, tenant: connection.tenant };
    if (!isJsonMediaType(headers['content-type'])) return notJson('content_type', more);
    if (this.intake.understands(headers)) return null;
    return notJson(this.config.INGRESS_ACCEPT_GZIP ? 'content_encoding_gzip_only' : 'content_encoding', more);
  }

  private build(genuine: Genuine): BuiltRecord {
    const { connection, headers, route, body, receivedAt, trace } = genuine;
    const built = buildRecord({
      connection,
      route: route.name,
      reception: this.judge(genuine),
      body,
      contentType: headers['content-type'] ?? 'application/json',
      receivedAt,
      traceparent: trace ? trace.genuine(headers.traceparent) : traceparentOf(headers.traceparent),
    });
    trace?.sends(built.record);
    return built;
  }

  private stored({ id, quarantineReason, malformed }: BuiltRecord, connection: ConnectionConfig): Answer {
    const more = { connection: connection.id, tenant: connection.tenant };
    if (quarantineReason === null) return received(id, 'accepted', 202, more);
    const kept = { ...more, reason: quarantineReason };
    if (malformed && this.provider.malformedStatus === 406) return malformedFinal(id, kept);
    return received(id, 'quarantined', 202, kept);
  }

  private notStored({ id }: BuiltRecord, connection: ConnectionConfig, error: unknown): Answer {
    this.logger.warn({ err: error, connection: connection.id, eventId: id }, 'a verified event could not be stored');
    const reason = error instanceof SpoolFullError ? 'spool_full' : 'not_stored';
    return unavailable(reason, { connection: connection.id, tenant: connection.tenant, eventId: id });
  }

  /** A body that the provider's reader stumbles over is kept like any other that cannot be used: it is genuine. */
  private judge({ route, body, connection }: Genuine): Reception {
    const exceeded = exceededLimit(body, this.jsonLimits);
    if (exceeded) return { kind: 'malformed', reason: exceeded };
    try {
      return route.receive(body);
    } catch (error) {
      this.logger.error({ bug: describeBug(error), connection: connection.id }, 'reading a body failed by a bug');
      return { kind: 'malformed', reason: 'unreadable' };
    }
  }
}

function configOf(entry: TokenEntry | null): ConnectionConfig | Answer {
  if (!entry) return unknownToken();
  return entry.config ?? unavailable('connection_secrets_unreadable', { connection: entry.connection });
}
