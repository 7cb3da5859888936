import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FAULT_POINTS } from './fault-points.js';

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => ({ file, text: readFileSync(join(import.meta.dirname, file), 'utf8') }));

it('has each fault point in the list, and each of the list in the code once: the list is what the crash test kills at', () => {
  const passed = sources.flatMap(({ text }) => [...text.matchAll(/mayDieAt\('([^']+)'\)/g)].map(([, name]) => name));
  expect(passed.toSorted()).toEqual([...FAULT_POINTS].toSorted());
});

it('has no fault point that goes by the list', () => {
  const direct = sources.filter(({ text }) => /\bfaultPoint\(/.test(text)).map(({ file }) => file);
  expect(direct).toEqual(['fault-points.ts']);
});
