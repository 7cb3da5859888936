import type { Provider } from '@claimwire/provider-kit';
import type { RunOptions } from '@claimwire/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { unknownPath } from './answer.js';
import { IngressConfig } from './ingress-config.js';
import { IngressModule } from './ingress.module.js';
import type { RawEventSink } from './raw-event-sink.js';
import { sendAnswer } from './send-answer.js';
import { WebhookRequest } from './webhook-request.js';

export interface IngressPorts {
  port: number;
  managementPort: number;
}

/** Tokens are 22 to 64 characters; a longer segment should be a 404 of ours, not an error of the router. */
const MAX_TOKEN_LENGTH = 1024;

/** How late a timeout may strike: Node's own half a minute would let a slow sender stay three times as long as it may. */
const TIMEOUT_CHECK_MS = 1_000;

/** Everything that makes a provider an ingress process: what the shells hand to `runService`. */
export function ingressService(
  provider: Provider,
  { port, managementPort }: IngressPorts,
  sink?: RawEventSink,
): RunOptions<IngressConfig> {
  return {
    name: `ingress-${provider.name}`,
    config: IngressConfig,
    defaults: { PORT: port, MANAGEMENT_PORT: managementPort },
    module: (config) => IngressModule.forProvider(provider, config, sink),
    http: ({ HOST, PORT, SHUTDOWN_DRAIN_MS }) => ({ host: HOST, port: PORT, drainMs: SHUTDOWN_DRAIN_MS }),
    fastify: ({ REQUEST_TIMEOUT_MS, HEADERS_TIMEOUT_MS, MAX_HEADER_BYTES }) => ({
      requestTimeout: REQUEST_TIMEOUT_MS,
      http: {
        headersTimeout: Math.min(HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS),
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: TIMEOUT_CHECK_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
        // Of two Authorization headers Node keeps the first and drops the other in silence; joined, nobody takes them.
        joinDuplicateHeaders: true,
        IncomingMessage: WebhookRequest,
      },
      routerOptions: { maxParamLength: MAX_TOKEN_LENGTH },
      // A URL that cannot be decoded: Fastify's own answer would repeat it, and with it a token.
      frameworkErrors: (_error: Error, _request: FastifyRequest, reply: FastifyReply) =>
        void sendAnswer(reply, unknownPath()),
      // While closing, what still comes over open connections is received, and each of them is then closed.
      return503OnClosing: false,
      // No Nest middleware stands before the webhook routes.
      skipMiddie: true,
    }),
    requestLog: false,
  };
}
