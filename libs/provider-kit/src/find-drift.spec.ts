import { describe, expect, it } from 'vitest';
import { compileFields, describeFields, findDrift, maskName } from './index.js';

const tree = compileFields(
  describeFields(
    [
      ['', 'event'],
      ['data', 'id status notes'],
      ['data.items[]', 'ref status'],
      ['data.items[].dates', 'start end'],
    ],
    { 'data.status': ['open', '1'], 'data.items[].status': ['done'] },
  ),
);

function driftOf(body: object): string[] {
  const found: string[] = [];
  findDrift(tree, body as Record<string, unknown>, (kind, path) => found.push(`${kind} ${path}`));
  return found;
}

describe('schema drift', () => {
  it('is none where a body is as documented, in whole or in part', () => {
    const items = [{ ref: 'r', status: 'done', dates: { start: '', end: '' } }, null, 7];
    expect(driftOf({ event: 'e', data: { id: 1, status: 'open', notes: ['text'], items } })).toEqual([]);
    expect(driftOf({ data: { status: 1, items: { ref: 'a lone one' } } })).toEqual([]);
    expect(driftOf({ data: null })).toEqual([]);
  });

  it('is an unknown member by its path, at any depth, without what is in it', () => {
    const items = [{ ref: 'r', colour: 'red' }, { dates: { start: '', middle: { x: 1 } } }];
    expect(driftOf({ extra: 1, data: { owner: { name: 'Ada' }, items } })).toEqual([
      'field extra',
      'field data.owner',
      'field data.items[].colour',
      'field data.items[].dates.middle',
    ]);
    expect(driftOf({ data: { notes: [{ by: 'Ada' }] } })).toEqual(['field data.notes[].by']);
  });

  it('is an undocumented word by its path, never by the word; null is none', () => {
    expect(driftOf({ data: { status: 'Ada Obi', items: [{ status: 2 }] } })).toEqual([
      'word data.status',
      'word data.items[].status',
    ]);
    expect(driftOf({ data: { status: null } })).toEqual([]);
  });

  it('masks names that look like data, and those of an object that has very many', () => {
    const data = { '2025-01-01': 1, 'ada@example.com': 1, 'Ada Obi': 1, ['x'.repeat(41)]: 1, a1b2c3d4: 1 };
    expect(driftOf({ data })).toEqual(Array(5).fill('field data.*'));
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`name_${'x'.repeat(index)}`, 1]));
    expect(new Set(driftOf({ data: many })).size).toBe(21);
  });

  it.each([
    ['statusCode277', 'statusCode277'],
    ['detail-type', 'detail-type'],
    ['deadbeefcafe', '*'],
    ['9lives', '*'],
    ['__proto__', '__proto__'],
    ['', '*'],
  ])('shows the name "%s" as "%s"', (name, shown) => expect(maskName(name)).toBe(shown));

  it('is looked for in a bounded part of a body', () => {
    const items = Array.from({ length: 100_000 }, () => ({ colour: 1 }));
    expect(driftOf({ data: { items } }).length).toBeLessThan(2_001);
    let deep: Record<string, unknown> = {};
    for (let depth = 0; depth < 400; depth++) deep = { data: deep };
    expect(driftOf(deep)).toEqual(['field data.data']);
  });
});
