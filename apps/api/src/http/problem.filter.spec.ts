import { Logger, type ArgumentsHost } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ProblemFilter } from './problem.filter.js';

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(['log', 'error']));

/** What the filter answers, as the client gets it. */
function answerTo(error: unknown): { status: number; body: string } {
  const reply = { status: vi.fn(), type: vi.fn(), send: vi.fn(), header: vi.fn() };
  reply.status.mockReturnValue(reply);
  reply.type.mockReturnValue(reply);
  const host = { switchToHttp: () => ({ getResponse: () => reply }) };
  new ProblemFilter().catch(error, host as unknown as ArgumentsHost);
  const [status] = reply.status.mock.calls[0] as [number];
  const [body] = reply.send.mock.calls[0] as [Buffer];
  return { status, body: body.toString() };
}

const databaseError = (code: string) => Object.assign(new Error('invalid "CANARY"'), { code });

describe('an error of the database', () => {
  it.each(['22021', '22P05', '22007', '22008', '22009'])('%s is the fault of a value in the request: 400', (code) => {
    const { status, body } = answerTo(databaseError(code));
    expect(status).toBe(400);
    expect(body).not.toContain('CANARY');
  });

  it('23503 is a change by another request at the same time: 409', () => {
    const { status, body } = answerTo(databaseError('23503'));
    expect(status).toBe(409);
    expect(body).not.toContain('CANARY');
  });

  it.each(['22012', '42P01', '08006'])('%s is ours: 500, and says nothing', (code) => {
    const { status, body } = answerTo(databaseError(code));
    expect(status).toBe(500);
    expect(body).not.toContain('CANARY');
  });
});
