import { encodeHeaders, rawTopic } from '@claimwire/contracts';
import { createKafka, KafkaPublisher, type PublishRecord } from '@claimwire/kafka';
import { randomUUID } from 'node:crypto';
import { fastify } from 'fastify';

/** Longer than any body of the benchmark. */
const BODY_LIMIT = 1024 * 1024;
const TOKEN_LIMIT = 1024;

const app = fastify({ bodyLimit: BODY_LIMIT, routerOptions: { maxParamLength: TOKEN_LIMIT } });
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.get('/readyz', () => ({ ok: true }));

/** What an ingress would publish, without having looked at what came. */
function unverified(provider: string, value: Buffer): PublishRecord {
  const id = `raw_${randomUUID()}`;
  const headers = encodeHeaders({
    id,
    source: `/ingress/${provider}`,
    type: `${provider}.event`,
    time: new Date().toISOString(),
    tenant: 'bench',
    connection: 'con_bench',
    contentType: 'application/json',
  });
  return { topic: rawTopic(provider), key: `bench/${id}`, value, headers };
}

/** @returns what a request waits for before its answer, by the mode that the parent has chosen */
async function publishing(): Promise<(provider: string, body: Buffer) => Promise<unknown>> {
  const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX = '' } = process.env;
  if (!KAFKA_BROKERS) return () => Promise.resolve();
  const handle = createKafka({
    brokers: KAFKA_BROKERS.split(','),
    clientId: 'baseline',
    topicPrefix: KAFKA_TOPIC_PREFIX,
  });
  const publisher = new KafkaPublisher(handle);
  await publisher.start();
  app.addHook('onClose', async () => {
    await publisher.stop();
    await handle.close();
  });
  return (provider, body) => publisher.publish(unverified(provider, body));
}

const publish = await publishing();
app.post('/webhooks/:provider/*', async (request, reply) => {
  const { provider } = request.params as { provider: string };
  await publish(provider, request.body as Buffer);
  return reply.code(202).type('application/json').send('{"id":"raw_baseline"}');
});

process.once('SIGTERM', () => void app.close());
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
