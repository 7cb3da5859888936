import { afterAll, beforeAll, describe } from 'vitest';
import { describeCanaries } from './describe-canaries.js';
import { describeTraces } from './describe-traces.js';
import { CanaryStage } from './stage.js';

/** One system for both: to start all apps takes longer than either. */
let stage: CanaryStage | undefined;
beforeAll(async () => {
  stage = await CanaryStage.start();
});
afterAll(() => stage?.stop());
const started = () => stage as CanaryStage;

describe('traces', () => describeTraces(started));
describe('canaries', () => describeCanaries(started));
