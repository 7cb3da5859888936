import type { IngressRoute, Provider } from '@claimwire/provider-kit';
import { ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, internalError, unknownPath, wrongMethod } from './answer.js';
import { IngressMetrics } from './metrics.js';
import { PROVIDER } from './provider.token.js';
import { sendAnswer } from './send-answer.js';
import { WebhookReceiver } from './webhook-receiver.js';

interface Served {
  route: IngressRoute;
  request: FastifyRequest;
  reply: FastifyReply;
}

/**
 * Puts the provider's routes on Fastify itself. A Nest controller would add pipes, guards and an observable to the
 * hottest path of the system and use none of them. The answer is sent from an `onRequest` hook, because between that
 * and a handler Fastify judges Content-Type and size, which the contract wants after the address and the credentials.
 */
@Injectable()
export class IngressRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly receiver: WebhookReceiver,
    private readonly metrics: IngressMetrics,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Before Fastify looks at the body of a request that nobody wants.
    fastify.addHook('onRequest', (request, reply, done) => {
      if (request.is404) sendAnswer(reply, unknownPath());
      else done();
    });
    for (const route of this.provider.routes) {
      const url = `/webhooks/${this.provider.name}/:token${route.suffix}`;
      fastify.route({
        method: fastify.supportedMethods,
        url,
        onRequest: async (request, reply) => {
          await this.serve({ route, request, reply });
          return reply;
        },
        handler: () => {
          throw new Error('answered in onRequest');
        },
      });
    }
  }

  private async serve(served: Served): Promise<void> {
    this.metrics.inFlight.inc();
    try {
      const answer = await this.answer(served);
      this.account(served, answer);
      sendAnswer(served.reply, answer);
    } finally {
      this.metrics.inFlight.dec();
    }
  }

  private async answer({ route, request }: Served): Promise<Answer> {
    if (request.method !== 'POST') return wrongMethod();
    try {
      const { token } = request.params as { token: string };
      return await this.receiver.receive(route, token, request.raw);
    } catch (error) {
      this.logger.error({ err: error, provider: this.provider.name }, 'receiving a webhook failed by a bug');
      return internalError();
    }
  }

  /** One wide line per request: ids and outcome, nothing that was sent, no URL (it holds the token). */
  private account({ route, reply }: Served, answer: Answer): void {
    const { outcome, status, reason, connection, tenant, eventId } = answer;
    this.metrics.countRequest(this.provider.name, route.name, outcome);
    const ms = Math.round(reply.elapsedTime * 100) / 100;
    const line = { provider: this.provider.name, route: route.name, outcome, status, reason, tenant, connection };
    this.logger.info({ ...line, ce_id: eventId, ms }, 'webhook received');
  }
}
