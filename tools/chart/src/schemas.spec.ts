import { describe, expect, it } from 'vitest';
import { strict } from './schemas.js';

describe('strict', () => {
  it('closes objects whose fields are known, at every depth', () => {
    const schema = { properties: { list: { items: { properties: { a: { type: 'string' } } } } } };
    expect(strict(schema)).toEqual({
      properties: { list: { items: { properties: { a: { type: 'string' } }, additionalProperties: false } } },
      additionalProperties: false,
    });
  });

  it('leaves open what is a map, has unknown fields, or names no field', () => {
    const labels = { type: 'object', additionalProperties: { type: 'string' } };
    expect(strict(labels)).toEqual(labels);
    const any = { properties: {}, 'x-kubernetes-preserve-unknown-fields': true };
    expect(strict(any)).toEqual(any);
    expect(strict({ type: 'object' })).toEqual({ type: 'object' });
  });

  it('takes numbers and texts where Kubernetes does', () => {
    expect(strict({ 'x-kubernetes-int-or-string': true })).toEqual({
      oneOf: [{ type: 'string' }, { type: 'integer' }],
    });
  });
});
