import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PROBLEM_TYPE, problemBody } from './answer.js';

const TEXTS: Record<number, { title: string; detail: string }> = {
  400: {
    title: 'Bad Request',
    detail: 'The address is not a valid URL path. Copy the address of the connection anew.',
  },
  404: {
    title: 'Not Found',
    detail:
      'Nothing is received here. Copy the address of the connection anew: it is POST /webhooks/<provider>/<token>.',
  },
};

/** Everything that no webhook route answers: problem+json without the path, which may hold a token. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(exception);
    const text = TEXTS[status] ?? { title: 'Error', detail: 'The request could not be handled. Send it again.' };
    void reply
      .code(status)
      .type(PROBLEM_TYPE)
      .send(problemBody({ status, ...text }));
  }
}

/** Fastify's own errors carry a statusCode; 414 (an over-long path segment) is an address that does not exist. */
function statusOf(exception: unknown): number {
  const status =
    exception instanceof HttpException
      ? exception.getStatus()
      : (exception as { statusCode?: unknown } | null)?.statusCode;
  if (status === 414) return 404;
  return typeof status === 'number' && status >= 400 ? status : 500;
}
