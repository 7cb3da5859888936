import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = import.meta.dirname;
const SPEC = readFileSync(join(SOURCES, '..', 'SPEC.md'), 'utf8');

const isTest = (file: string) => file.endsWith('.spec.ts');
const sources = readdirSync(SOURCES).map((file) => ({ file, text: readFileSync(join(SOURCES, file), 'utf8') }));

/** Titles as written, `it(` and `it.each(…)(` alike; of this file too. */
const TITLE = /(?:^|\n)(?:it\(\s*|it\.each\([\s\S]*?\)\(\s*)(['"`])(.*?)\1,/g;
const tests = sources
  .filter(({ file }) => isTest(file) && file !== 'spec.spec.ts')
  .flatMap(({ file, text }) => [...text.matchAll(TITLE)].map(([, , title]) => ({ file, title: title! })));

/** "### L7 Reasons", then its text, up to the next heading. */
const laws = [...SPEC.matchAll(/^### (L\d+) [^\n]+\n([\s\S]*?)(?=^##|$(?![\s\S]))/gm)].map(([, law, text]) => ({
  law: law!,
  /** "`file.spec.ts`: title" lines. */
  named: [...text!.matchAll(/^- `([^`]+\.spec\.ts)`: (.+)$/gm)].map(([, file, title]) => ({
    file: file!,
    title: title!,
  })),
}));
const numbers = laws.map(({ law }) => law);

/** The laws that a title starts with: "L16 L17 say …" is about two. */
const lawsOf = (title: string): string[] => /^(?:L\d+ )+/.exec(title)?.[0].trim().split(' ') ?? [];

describe('SPEC.md', () => {
  it('numbers its laws L1, L2, … without a gap', () => {
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual(numbers.map((_, index) => `L${index + 1}`));
  });

  it('names for each law a test that exists and says that it is about it', () => {
    for (const { law, named } of laws) {
      expect(named, `${law} names no test`).not.toEqual([]);
      for (const test of named) {
        expect(tests, `${law} names a test that does not exist`).toContainEqual(test);
        expect(lawsOf(test.title), `${law} names a test of other laws`).toContain(law);
      }
    }
  });

  it('has a law for every test', () => {
    expect(tests.length).toBeGreaterThan(40);
    for (const { file, title } of tests) {
      expect(lawsOf(title), `${file}: "${title}" names no law`).not.toEqual([]);
      for (const law of lawsOf(title)) expect(numbers, `${file}: "${title}"`).toContain(law);
    }
  });

  it('has the laws that comments in the code point to', () => {
    const pointers = sources
      .filter(({ file }) => !isTest(file))
      .flatMap(({ text }) =>
        [...text.matchAll(/SPEC, (L\d+)(?:–(L\d+))?/g)].flatMap(([, from, to]) => [from!, to ?? from!]),
      );
    expect(pointers.length).toBeGreaterThan(5);
    for (const law of pointers) expect(numbers).toContain(law);
  });
});
