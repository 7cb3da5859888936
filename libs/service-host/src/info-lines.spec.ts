import { describe, expect, it } from 'vitest';
import { infoLines, jsonMember } from './info-lines.js';
import { createLogger } from './logger.js';

/** Its lines, without their time. */
function stage(level = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ name: 'x', level, destination: { write: (line) => void lines.push(line) } });
  const take = (): string[] => lines.splice(0).map((line) => line.replace(/"time":"\d{4}-[^"]+Z"/, '"time":""'));
  return { logger: logger.child({ route: 'claims' }), take };
}

describe('an info line put together by hand', () => {
  it('is to the letter what the logger writes', () => {
    const { logger, take } = stage();
    const fields = { outcome: 'accepted', tenant: 'a "b"\n\\ é', connection: undefined };
    logger.info(fields, 'webhook "received"');
    const { outcome, tenant, connection } = fields;
    const write = infoLines(logger, 'webhook "received"');
    write(jsonMember('outcome', outcome) + jsonMember('tenant', tenant) + jsonMember('connection', connection));
    const [logged, written] = take();
    expect(logged).toContain('accepted');
    expect(written).toBe(logged);
  });

  it('is not written where the level leaves it out', () => {
    const { logger, take } = stage('warn');
    infoLines(logger, 'webhook received')('');
    expect(take()).toEqual([]);
  });
});
