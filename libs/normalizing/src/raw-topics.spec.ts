import { CONSUMERS } from '@claimwire/contracts';
import { expect, it } from 'vitest';
import { RAW_TOPICS } from './normalise-batch.js';

it('subscribes to the topics whose lag is measured', () => {
  expect([...RAW_TOPICS].sort()).toEqual([...CONSUMERS.normalizer].sort());
});
