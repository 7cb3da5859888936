import {
  Catch,
  HttpException,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Problem } from './problem.js';

/** Makes problem+json of everything that is thrown. What nobody foresaw is a 500 that says nothing about the inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('api');

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = this.toProblem(error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    // bytes, because Fastify adds a charset to a text, and this media type has none
    const body = Buffer.from(JSON.stringify(problem.toBody()));
    void reply.status(problem.status).type('application/problem+json').send(body);
  }

  private toProblem(error: unknown): Problem {
    if (error instanceof Problem) return error;
    // The router's own words repeat the path, and paths name claims.
    if (error instanceof NotFoundException) return new Problem(404, 'There is nothing at this address.');
    if (error instanceof HttpException) return new Problem(error.getStatus(), error.message);
    const status = statusOf(error);
    if (status !== undefined && status >= 400 && status < 500) return new Problem(status, (error as Error).message);
    if (UNREADABLE.has(codeOf(error))) return new Problem(400, 'The request holds a value that cannot be read.');
    if (OVERTAKEN.has(codeOf(error)))
      return new Problem(409, 'Another request changed what this one is about: read it and try again.');
    this.logger.error({ msg: 'request failed', ...describe(error) });
    return new Problem(500);
  }
}

/** SQLSTATEs of a text that is no text (with a character 0) or no time for PostgreSQL: only the request can have brought it. */
const UNREADABLE = new Set(['22021', '22P05', '22007', '22008', '22009']);

/** SQLSTATEs of a reference to what is gone by now, or of what is referred to by now: the request was sound when it was checked. */
const OVERTAKEN = new Set(['23503']);

/** A system's or a database's code of what went wrong; '' for errors that have none. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Fastify's own errors (body too large, not JSON, …) carry the status. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Without the message: a database error may repeat values of the request. */
function describe(error: unknown): { error: string; code?: string; stack?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return { error: error.name, code: codeOf(error) || undefined, stack: frames?.join('\n') };
}
