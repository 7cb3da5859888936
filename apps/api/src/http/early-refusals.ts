import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.js';

/** Answers before any handler what would otherwise be a 404 or a list of missing fields, and hide what is wrong. Before the routes. */
export function refuseEarly(fastify: FastifyInstance): void {
  const routes: Route[] = [];
  fastify.addHook('onRoute', ({ url, method }) => {
    if (!url.includes('*')) routes.push({ path: patternOf(url), methods: [method].flat() });
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.is404) {
      const methods = methodsAt(routes, request.url);
      if (methods.length === 0) return done();
      void reply.header('allow', methods.join(', '));
      return done(new Problem(405, `Use ${methods.join(', ')} here.`));
    }
    if (hasBody(request)) return done(refusedBody(request));
    // clients that always name a content type may send a POST without a body
    delete request.headers['content-type'];
    done();
  });
}

interface Route {
  path: RegExp;
  methods: string[];
}

/** Of a route like "/v1/webhooks/:id". */
const patternOf = (route: string): RegExp =>
  new RegExp(`^${route.replaceAll('.', String.raw`\.`).replaceAll(/:\w+/g, '[^/]+')}$`);

function methodsAt(routes: readonly Route[], url: string): string[] {
  const [path = ''] = url.split('?', 1);
  return [...new Set(routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods))].sort();
}

const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function hasBody({ method, headers }: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return !WITHOUT_BODY.has(method) && (encoding !== undefined || (length !== undefined && length !== '0'));
}

/** Nest reads forms too: without this, JSON that curl sends as one by default would be called incomplete. */
function refusedBody({ headers }: FastifyRequest): Problem | undefined {
  if (!/^application\/json(?![^;\s])/i.test(headers['content-type'] ?? '')) {
    return new Problem(415, 'Send the body with Content-Type: application/json.');
  }
  const { 'content-encoding': encoding = 'identity' } = headers;
  return encoding === 'identity' ? undefined : new Problem(415, 'Send the body without Content-Encoding.');
}

const UNREAD: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'The request has more headers than are read.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'The request did not come to its end in time.'),
};

/** What is no HTTP request reaches no route: the answer is written to the connection, which ends with it. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = UNREAD[error.code ?? ''] ?? new Problem(400, 'This is no HTTP request that can be read.');
  const body = JSON.stringify(problem.toBody());
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    'cache-control: no-store',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
