import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { GOLDEN_STORY } from '../test/golden-story.js';

const CONTRACTS = dirname(createRequire(import.meta.url).resolve('@claimwire/contracts/package.json'));

// `vitest run -u` of this file writes them anew: look at the difference, consumers will see it
it.each(Object.keys(GOLDEN_STORY))('L18 emits the golden message %s of contracts', async (name) => {
  const text = await format(JSON.stringify(GOLDEN_STORY[name]), { parser: 'json', printWidth: 120 });
  await expect(text).toMatchFileSnapshot(join(CONTRACTS, 'golden', `${name}.json`));
});

it('L18 tells one claim as a story: the rejection, the late submission, the second attempt', () => {
  const told = ['rejection-first', 'late-submission', 'second-attempt'].map((name): unknown =>
    JSON.parse(readFileSync(join(CONTRACTS, 'golden', `claim-event.${name}.json`), 'utf8')),
  );
  expect(told).toMatchObject([
    { version: 1, status: 'rejected', late: false, type: 'claim.status_changed', flags: ['gap'], attempt: 1 },
    { version: 2, status: 'rejected', late: true, type: 'claim.history_amended', flags: [], attempt: 1 },
    { version: 3, status: 'submitted', late: false, type: 'claim.status_changed', flags: [], attempt: 2 },
  ]);
});
