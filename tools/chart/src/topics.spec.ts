import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '@claimwire/contracts';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CHART } from './paths.js';

const FILE = join(CHART, 'topics.yaml');
const HEAD = '# For Strimzi. Written from libs/contracts: UPDATE_TOPICS=1 npx vitest run --project unit tools/chart\n';

it('the chart makes the topics that the apps use', () => {
  const topics = TOPICS.map(({ name, partitions, config }) => ({ name, partitions, config }));
  if (process.env.UPDATE_TOPICS) writeFileSync(FILE, HEAD + stringify({ topics }, { singleQuote: true }));
  expect(parse(readFileSync(FILE, 'utf8'))).toEqual({ topics });
});
