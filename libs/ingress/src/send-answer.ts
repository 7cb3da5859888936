import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Answer } from './answer.js';

/**
 * Writes the answer on the socket itself: Fastify would add a charset that neither of our types defines, and its text
 * serialisation costs the hot path more than the answer is long. One write, headers and body together.
 */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.hijack();
  writeAnswer(reply.raw, answer);
  return reply;
}

/** Our answers are ASCII: a header and a body of one encoding go out as one string. */
export function writeAnswer(response: ServerResponse, { status, contentType, body, headers }: Answer): void {
  const lines = ['content-type', contentType, 'content-length', String(body.length)];
  for (const name in headers) lines.push(name, headers[name] as string);
  response.writeHead(status, lines).end(body, 'latin1');
}
