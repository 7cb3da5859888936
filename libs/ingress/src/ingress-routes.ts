import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { IngressRoute, Provider } from '@claimwire/provider-kit';
import { infoLines, inOnePiece, jsonMember, ROOT_LOGGER, type RootLogger, Tracing } from '@claimwire/service-host';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { type Answer, internalError, unknownPath, wrongMethod } from './answer.js';
import { direct, openDirectEntrance } from './direct-entrance.js';
import { describeBug } from './describe-bug.js';
import { IngressMetrics } from './metrics.js';
import { PROVIDER } from './provider.token.js';
import { RequestTrace } from './request-trace.js';
import { sendAnswer, writeAnswer } from './send-answer.js';
import { WebhookReceiver } from './webhook-receiver.js';

/** Whose members of the log line are remembered; beyond it all are made anew. */
const MOST_SENDERS = 10_000;

interface Served {
  route: IngressRoute;
  token: string;
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Puts the provider's routes on Fastify itself. A Nest controller would add pipes, guards and an observable to the
 * hottest path of the system and use none of them. The answer is sent from an `onRequest` hook, because between that
 * and a handler Fastify judges Content-Type and size, which the contract wants after the address and the credentials.
 * A plain webhook does not even come by Fastify (direct-entrance.ts); both ways end in `serve`.
 */
@Injectable()
export class IngressRoutes implements OnModuleInit {
  private readonly prefix: string;
  private readonly bySuffix: ReadonlyMap<string, IngressRoute>;
  /** By route. */
  private readonly logLines = new Map<string, (members: string) => void>();
  /** By connection. */
  private readonly senders = new Map<string, string>();
  private closing = false;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly receiver: WebhookReceiver,
    private readonly metrics: IngressMetrics,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
    private readonly tracing: Tracing,
  ) {
    for (const { name } of provider.routes) {
      const routeLogger = logger.child({ provider: provider.name, route: name });
      this.logLines.set(name, infoLines(routeLogger, 'webhook received'));
    }
    this.prefix = `/webhooks/${provider.name}/`;
    this.bySuffix = new Map(provider.routes.map((route) => [route.suffix, route]));
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Before Fastify looks at the body of a request that nobody wants.
    fastify.addHook('onRequest', (request, reply, done) => {
      if (request.is404) sendAnswer(reply, unknownPath());
      else done();
    });
    for (const route of this.provider.routes) {
      fastify.route({
        method: fastify.supportedMethods,
        url: `${this.prefix}:token${route.suffix}`,
        onRequest: async ({ params, raw: request }, reply) => {
          const { token } = params as { token: string };
          reply.hijack();
          await this.serve({ route, token, request, response: reply.raw });
          return reply;
        },
        handler: () => {
          throw new Error('answered in onRequest');
        },
      });
    }
    // From then on Fastify tells each connection that it ends.
    fastify.addHook('preClose', (done) => {
      this.closing = true;
      done();
    });
    openDirectEntrance(this.host.httpAdapter.getHttpServer() as Server, (request, response) =>
      this.serveDirectly(request, response),
    );
  }

  private serveDirectly(request: IncomingMessage, response: ServerResponse): boolean {
    const directed = this.closing ? null : direct(request, this.prefix, this.bySuffix);
    if (!directed) return false;
    void this.serve({ ...directed, request, response });
    return true;
  }

  /** Never rejects: nobody above it would answer. */
  private async serve(served: Served): Promise<void> {
    const startedAt = performance.now();
    this.metrics.inFlight += 1;
    const trace = this.trace(served);
    let answer: Answer;
    try {
      const { route, token, request } = served;
      answer = request.method === 'POST' ? await this.receiver.receive(route, token, request, trace) : wrongMethod();
    } catch (error) {
      this.logger.error(
        { bug: describeBug(error), provider: this.provider.name },
        'receiving a webhook failed by a bug',
      );
      answer = internalError();
    }
    this.metrics.inFlight -= 1;
    this.account(served.route, answer, performance.now() - startedAt);
    trace?.end(answer);
    writeAnswer(served.response, answer);
  }

  private trace({ route, request }: Served): RequestTrace | null {
    if (!this.tracing.isOn) return null;
    return RequestTrace.begin(this.tracing, request.method ?? '', `${this.prefix}{token}${route.suffix}`);
  }

  /** One wide line per request: ids and outcome, nothing that was sent, no URL (it holds the token). */
  private account(route: IngressRoute, answer: Answer, elapsedMs: number): void {
    const { outcome, status, reason, connection, tenant, eventId } = answer;
    this.metrics.countRequest(this.provider.name, route.name, outcome);
    const ms = Math.round(elapsedMs * 100) / 100;
    const head = `,"outcome":"${outcome}","status":${status}${jsonMember('reason', reason)}`;
    const ids = this.senderOf(tenant, connection) + (eventId === undefined ? '' : `,"ce_id":"${eventId}"`);
    this.logLines.get(route.name)?.(`${head}${ids},"ms":${ms}`);
  }

  /** Of the log line. Neither of a connection's ids changes. */
  private senderOf(tenant: string | undefined, connection: string | undefined): string {
    if (tenant === undefined || connection === undefined) return jsonMember('connection', connection);
    let members = this.senders.get(connection);
    if (members === undefined) {
      if (this.senders.size >= MOST_SENDERS) this.senders.clear();
      members = inOnePiece(jsonMember('tenant', tenant) + jsonMember('connection', connection));
      this.senders.set(connection, members);
    }
    return members;
  }
}
