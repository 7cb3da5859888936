import type { FastifyReply } from 'fastify';
import type { Answer } from './answer.js';

/** As bytes: to text of a JSON type Fastify adds a charset, which neither of our types defines. */
export function sendAnswer(reply: FastifyReply, { status, contentType, body, headers }: Answer): FastifyReply {
  if (headers) reply.headers(headers);
  return reply.code(status).type(contentType).send(Buffer.from(body));
}
