import { describe, expect, it } from 'vitest';
import { describeBug } from './describe-bug.js';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('describeBug', () => {
  it.each([
    ['SyntaxError', (): unknown => JSON.parse('canary-payload')],
    ['SyntaxError', () => BigInt('canary-payload')],
    ['TypeError', () => (undefined as unknown as Record<string, unknown>)['canary-payload']],
    [
      'Error',
      () => {
        throw new Error('canary-payload\n    at canary-payload (canary-payload.ts:1:1)');
      },
    ],
  ])('says where a %s happened, and nothing that was sent', (type, work) => {
    const bug = describeBug(thrownBy(work));
    expect(bug.type).toBe(type);
    expect(bug.stack).toContain('describe-bug.spec.ts');
    expect(JSON.stringify(bug)).not.toContain('canary-payload');
  });

  it('says nothing of what is no error', () => {
    expect(describeBug('canary')).toEqual({ type: 'string', stack: '' });
  });
});
