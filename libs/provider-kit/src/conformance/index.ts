import { describe } from 'vitest';
import type { Provider } from '../provider.js';
import { describeConfiguration } from './configuration.js';
import type { ConformanceFixtures } from './fixtures.js';
import { describeNormalisation } from './normalisation.js';
import { describeReception } from './reception.js';
import { describeVerification } from './verification.js';

export type { AuthSample, BodySample, ConformanceFixtures } from './fixtures.js';
export { anyBody, CANARY, mutatedBody } from './arbitrary-bodies.js';
export { NOW } from './sample-events.js';

/**
 * What every provider module must hold; each one runs it in its own spec. A module that passes can be put behind an
 * ingress and a normaliser: its verification refuses what is not genuine, and no body can make it throw.
 */
export function describeProviderConformance(provider: Provider, fixtures: ConformanceFixtures): void {
  describe(`${provider.name}: provider conformance`, () => {
    describeConfiguration(provider, fixtures);
    describeVerification(provider, fixtures);
    describeReception(provider, fixtures);
    describeNormalisation(provider, fixtures);
  });
}
