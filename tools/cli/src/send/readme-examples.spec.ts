import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSend } from './cli-options.js';
import { buildPlan } from './plan.js';

const ROOT = join(import.meta.dirname, '../../../..');

/** As a POSIX shell would, for the plain quoting that documents use. */
const splitWords = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, plain]) => single ?? double ?? plain ?? '');

const examples = ['README.md', ...globSync('libs/providers/*/README.md', { cwd: ROOT })].flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^npm run send -- (.*?)(?: +#.*)?$/gm)].map(([, args = '']) => ({ file, args }));
});

describe('every example of the documents', () => {
  it('is found', () => expect(examples.length).toBeGreaterThan(8));

  it.each(examples)('$file: $args', ({ args }) => {
    const options = parseSend(splitWords(args.replace('$URL', 'http://127.0.0.1/webhooks/x/token')));
    expect(options.provider).not.toBe('');
    if (options.content.kind === 'made') {
      expect(buildPlan(options).webhooks.length).toBeGreaterThan(0);
    }
  });
});
