import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceDefinition } from '@claimwire/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { ApiConfig } from './config.js';
import { landingPage } from './console/landing-page.js';
import { answerUnreadable, refuseEarly } from './http/early-refusals.js';
import { Problem } from './http/problem.js';
import { createOpenApi } from './openapi.js';
import { JWKS_MAX_AGE_SECONDS, SigningKeys } from './webhooks/signing-keys.js';

const BODY_LIMIT_BYTES = 256 * 1024;
/** A claim key is one path segment and encoded twice; Fastify's default of 100 characters would cut it off. */
const MAX_PARAM_LENGTH = 2_048;

/** What `main.ts` runs, and tests start in their own process. */
export const API_SERVICE: ServiceDefinition<ApiConfig> = {
  name: 'api',
  module: (config) => AppModule.forRoot(config),
  http: ({ HOST, PORT, SHUTDOWN_DRAIN_MS }) => ({ host: HOST, port: PORT, drainMs: SHUTDOWN_DRAIN_MS }),
  fastify: {
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler: answerUnreadable,
    // An address that cannot be decoded: Fastify's own answer would repeat it.
    frameworkErrors: (_error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      const problem = new Problem(400, 'The address cannot be decoded.');
      void reply
        .status(400)
        .type('application/problem+json')
        .send(Buffer.from(JSON.stringify(problem.toBody())));
    },
  },
  setup,
};

async function setup(app: NestFastifyApplication): Promise<void> {
  app.setGlobalPrefix('v1');
  await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } });
  const fastify = app.getHttpAdapter().getInstance();
  refuseEarly(fastify);
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done();
  });
  const openApi = JSON.stringify(createOpenApi(app));
  fastify.get('/openapi.json', (_request, reply) => reply.type('application/json').send(openApi));
  const keys = app.get(SigningKeys);
  fastify.get('/.well-known/jwks.json', async (_request, reply) => {
    void reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`);
    return reply.type('application/jwk-set+json').send(JSON.stringify(await keys.published()));
  });
  fastify.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(landingPage()));
}
