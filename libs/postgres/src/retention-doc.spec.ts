import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '@claimwire/contracts';
import { describe, expect, it } from 'vitest';

const HERE = import.meta.dirname;
const PAGE = readFileSync(join(HERE, '../../../docs/retention.md'), 'utf8');
const DAY_MS = 24 * 60 * 60 * 1000;

/** Rows of the tables under a heading: cells, the names in the first one apart. */
function rowsUnder(heading: string): { names: string[]; kept: string }[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells[1]?.startsWith('`'))
    .map(([, names = '', kept = '']) => ({ names: [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name!), kept }));
}

describe('docs/retention.md', () => {
  it('has every topic with the retention that it is created with', () => {
    const said = rowsUnder('Topics').map(({ names, kept }) => [names[0], kept]);
    expect(said).toEqual(
      expect.arrayContaining(
        TOPICS.map(({ name, config }) => [
          name,
          config['cleanup.policy'] === 'compact'
            ? 'newest of each key, by compaction'
            : `${Number(config['retention.ms']) / DAY_MS} days`,
        ]),
      ),
    );
    expect(said).toHaveLength(TOPICS.length);
  });

  it('has every table that the migrations make, each once', () => {
    const folder = join(HERE, 'migrations');
    const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const made = sources.flatMap((text) => [...text.matchAll(/create table (?:if not exists )?([a-z_]+)\b(?!%)/g)]);
    // what ends so gets its day by format()
    const tables = new Set(made.map(([, name]) => name!).filter((name) => !name.endsWith('_')));
    const said = rowsUnder('Tables').flatMap(({ names }) => names.filter((name) => name === name.toLowerCase()));
    expect(said.toSorted()).toEqual([...tables].toSorted());
  });
});
