import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { maskUrlToken } from './mask-url-token.js';

const logged = (log: (logger: ReturnType<typeof createLogger>) => void): string => {
  const lines: string[] = [];
  log(createLogger({ name: 'sample', level: 'info', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
};

describe('createLogger', () => {
  it('writes JSON with level name, ISO time and service', () => {
    const line = JSON.parse(logged((logger) => logger.warn({ n: 1 }, 'hello'))) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'warn', service: 'sample', n: 1, msg: 'hello' });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('drops fields that hold secrets or payloads, wherever one level deep they stand', () => {
    const canary = 'hush-canary';
    const text = logged((logger) =>
      logger.info({
        password: canary,
        request: { headers: canary, body: canary },
        auth: { secret: canary },
        token: canary,
      }),
    );
    expect(text).not.toContain(canary);
  });

  it('keeps type, message, code and stack of an error and nothing that hangs on it', () => {
    const error = Object.assign(new TypeError('POST /webhooks/cair/t0ken-canary failed'), {
      code: 'E1',
      detail: 'Key (ssn)=(canary)',
      parameters: ['canary'],
    });
    const text = logged((logger) => logger.error({ err: error }, 'failed'));
    expect(text).not.toContain('canary');
    expect(JSON.parse(text)).toMatchObject({
      err: { type: 'TypeError', code: 'E1', message: 'POST /webhooks/cair/*** failed' },
    });
  });

  it.each([
    ['what Node could not parse', parseError('{"ssn": canary}')],
    ['a value that PostgreSQL could not take', Object.assign(new Error('invalid input: "canary"'), { code: '22P02' })],
    ['a key that was there before', Object.assign(new Error('duplicate key (canary)'), { code: '23505' })],
  ])('leaves out a message that may quote data: %s', (_, error) => {
    const text = logged((logger) => logger.error({ err: error }, 'failed'));
    expect(text).not.toContain('canary');
    expect((JSON.parse(text) as { err: { stack: string } }).err.stack).toContain('logger.spec');
  });
});

function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

describe('maskUrlToken', () => {
  it('masks the token and keeps provider and route', () => {
    expect(maskUrlToken('http://x/webhooks/tpastream/s3cret/claims?a=1')).toBe(
      'http://x/webhooks/tpastream/***/claims?a=1',
    );
    expect(maskUrlToken('/webhooks/cair/s3cret')).toBe('/webhooks/cair/***');
    expect(maskUrlToken('/v1/claims/a%2Fb')).toBe('/v1/claims/a%2Fb');
  });
});
