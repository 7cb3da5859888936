import { describe, expect, it } from 'vitest';
import { traceparentOf } from './traceparent.js';

const FORMAT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/;

describe('traceparentOf', () => {
  it('goes on with a valid one', () => {
    const valid = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    expect(traceparentOf(valid)).toBe(valid);
  });

  it.each([undefined, 'garbage', '00-00000000000000000000000000000000-b7ad6b7169203331-00', ['a', 'b']])(
    'starts a new one instead of %s',
    (incoming) => {
      expect(traceparentOf(incoming)).toMatch(FORMAT);
      expect(traceparentOf(incoming)).not.toBe(traceparentOf(incoming));
    },
  );
});
