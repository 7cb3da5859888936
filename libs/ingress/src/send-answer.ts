import type { FastifyReply } from 'fastify';
import type { Answer } from './answer.js';

/**
 * Writes the answer on the socket itself: Fastify would add a charset that neither of our types defines, and its text
 * serialisation costs the hot path more than the answer is long. One write, headers and body together.
 */
export function sendAnswer(reply: FastifyReply, { status, contentType, body, headers }: Answer): FastifyReply {
  reply.hijack();
  const length = Buffer.byteLength(body);
  reply.raw.writeHead(status, { 'content-type': contentType, 'content-length': length, ...headers }).end(body);
  return reply;
}
