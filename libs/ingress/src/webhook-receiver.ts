import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ConnectionConfig, IngressRoute, Provider, Reception, Verification } from '@claimwire/provider-kit';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { Inject, Injectable } from '@nestjs/common';
import {
  aborted,
  type Answer,
  malformedFinal,
  notJson,
  received,
  refused,
  refusedTooOften,
  tooLarge,
  tooManyHeaders,
  unavailable,
  unknownToken,
} from './answer.js';
import { buildRecord } from './build-record.js';
import { ConnectionStore } from './connection-store.js';
import { FailedAuthBudget } from './failed-auth-budget.js';
import { InFlightBudget, type InFlightShare } from './in-flight-budget.js';
import { IngressConfig } from './ingress-config.js';
import { exceededLimit, type JsonLimits } from './json-limits.js';
import { isEncoded, isJsonMediaType } from './media-type.js';
import { IngressMetrics } from './metrics.js';
import { PROVIDER } from './provider.token.js';
import { RAW_EVENT_SINK, type RawEventSink } from './raw-event-sink.js';
import { readBody } from './read-body.js';
import { RefusalAudit } from './refusal-audit.js';
import { SpoolFullError } from './spool/spool-writer.js';
import { traceparentOf } from './traceparent.js';

/** Refusals that say nothing about the sender: what we stored is broken. A 401 would make Stedi stop for good. */
const OUR_FAULT: ReadonlySet<string> = new Set(['key_unusable', 'auth_type_unknown']);

/** What a request costs besides its body: headers, sockets, promises. A bound, not a measure. */
const REQUEST_OVERHEAD_BYTES = 4 * 1024;

/** A verified request, ready to be judged by its content. */
interface Genuine {
  route: IngressRoute;
  connection: ConnectionConfig;
  headers: IncomingHttpHeaders;
  body: Buffer;
  receivedAt: Date;
}

/** The ingress contract, in its order: address, size, credentials, media type, content, durability (DESIGN). */
@Injectable()
export class WebhookReceiver {
  private readonly budget: InFlightBudget;
  private readonly failedAuth: FailedAuthBudget;
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
    this.jsonLimits = { maxDepth: config.MAX_JSON_DEPTH, maxValues: config.MAX_JSON_VALUES };
    metrics.followInFlightBytes(() => this.budget.bytes);
  }

  async receive(route: IngressRoute, token: string, request: IncomingMessage): Promise<Answer> {
    const share = this.budget.open();
    try {
      return await this.receiveWithin(share, route, token, request);
    } finally {
      share.release();
    }
  }

  private async receiveWithin(
    share: InFlightShare,
    route: IngressRoute,
    token: string,
    request: IncomingMessage,
  ): Promise<Answer> {
    if (request.rawHeaders.length > 2 * this.config.MAX_HEADERS) return tooManyHeaders();
    if (!share.grow(REQUEST_OVERHEAD_BYTES)) return unavailable('overloaded');
    const receivedAt = new Date();
    const connection = await this.connectionOf(token, receivedAt);
    if ('status' in connection) return connection;
    const { id, tenant } = connection;

    const reading = await readBody(request, this.config.MAX_BODY_BYTES, share);
    if (reading.kind === 'too_large') return tooLarge(this.config.MAX_BODY_BYTES, { connection: id, tenant });
    if (reading.kind === 'no_room') return unavailable('overloaded', { connection: id, tenant });
    if (reading.kind === 'aborted') return aborted({ connection: id, tenant });

    const { headers } = request;
    const claimed = { route, connection, headers, body: reading.body, receivedAt };
    const source = request.socket.remoteAddress ?? '';
    const verified = await this.verified(claimed, token, source);
    if ('status' in verified) return verified;
    return this.unreadable(verified) ?? (await this.store(verified));
  }

  private async connectionOf(token: string, now: Date): Promise<ConnectionConfig | Answer> {
    try {
      const found = this.connections.find(token, now);
      const entry = found instanceof Promise ? await found : found;
      if (!entry) return unknownToken();
      return entry.config ?? unavailable('connection_secrets_unreadable', { connection: entry.connection });
    } catch {
      return unavailable('connections_unavailable');
    }
  }

  /** @returns the request with the connection that found it genuine, or why it is refused */
  private async verified(request: Genuine, token: string, source: string): Promise<Genuine | Answer> {
    const { connection, headers, body, receivedAt } = request;
    const verification = await this.verify({ headers, body }, connection, receivedAt);
    if (verification.ok) return request;
    const newer = await this.connections.findNewer(token, connection);
    if (!newer) return this.refuse(connection, verification.reason, receivedAt, source);
    const again = await this.verify({ headers, body }, newer, receivedAt);
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

  private async verify(
    request: { headers: IncomingHttpHeaders; body: Buffer },
    connection: ConnectionConfig,
    now: Date,
  ): Promise<Verification> {
    try {
      return await this.provider.verify(request, connection, now);
    } catch (error) {
      // Providers promise not to throw: whatever this is, it is not the sender's credentials.
      this.logger.error({ err: error, connection: connection.id }, 'verification failed by a bug');
      return { ok: false, reason: 'key_unusable' };
    }
  }

  private unreadable({ connection, headers }: Genuine): Answer | null {
    const more = { connection: connection.id, tenant: connection.tenant };
    if (!isJsonMediaType(headers['content-type'])) return notJson('content_type', more);
    return isEncoded(headers['content-encoding']) ? notJson('content_encoding', more) : null;
  }

  private async store(genuine: Genuine): Promise<Answer> {
    const { connection, headers, route, body, receivedAt } = genuine;
    const { id, record, quarantineReason, malformed } = buildRecord({
      connection,
      route: route.name,
      reception: this.judge(genuine),
      body,
      contentType: headers['content-type'] ?? 'application/json',
      receivedAt,
      traceparent: traceparentOf(headers.traceparent),
    });
    const more = { connection: connection.id, tenant: connection.tenant };
    try {
      await this.sink.accept(record);
    } catch (error) {
      this.logger.warn({ err: error, connection: connection.id, eventId: id }, 'a verified event could not be stored');
      const reason = error instanceof SpoolFullError ? 'spool_full' : 'not_stored';
      return unavailable(reason, { ...more, eventId: id });
    }
    if (quarantineReason === null) return received(id, 'accepted', 202, more);
    const kept = { ...more, reason: quarantineReason };
    if (malformed && this.provider.malformedStatus === 406) return malformedFinal(id, kept);
    return received(id, 'quarantined', 202, kept);
  }

  /** A body that the provider's reader stumbles over is kept like any other that cannot be used: it is genuine. */
  private judge({ route, body, connection }: Genuine): Reception {
    const exceeded = exceededLimit(body, this.jsonLimits);
    if (exceeded) return { kind: 'malformed', reason: exceeded };
    try {
      return route.receive(body);
    } catch (error) {
      this.logger.error({ err: error, connection: connection.id }, 'reading a body failed by a bug');
      return { kind: 'malformed', reason: 'unreadable' };
    }
  }
}
