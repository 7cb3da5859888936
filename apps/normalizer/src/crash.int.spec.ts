import { cairEvents, Pipeline, rawCair, rawCairBody, shuffled } from '@claimwire/testkit/pipeline';
import { describe, it } from 'vitest';
import { FAULT_POINTS, type FaultPoint } from './fault-points.js';

/** The killed member holds its partitions until the session times out, and its lease until that runs out. */
const within = { timeout: 60_000, interval: 200 };
const CLAIMS = 5;
const EVENTS_PER_CLAIM = 16;
const EVENTS = CLAIMS * EVENTS_PER_CLAIM;

/** Whether something is in PostgreSQL when the process dies there; a point without a line here does not compile. */
const STORED: Readonly<Record<FaultPoint, boolean>> = {
  'normalizer.after-claim': false,
  'normalizer.after-quarantine': false,
  'normalizer.before-commit': false,
  'normalizer.after-commit': true,
  'normalizer.before-publish': true,
  'normalizer.after-publish': true,
  'normalizer.before-release': true,
};

describe.concurrent('a normaliser killed', () => {
  it.for(FAULT_POINTS)(
    'at %s is followed by one that leaves every event stored and published, in order',
    { timeout: 180_000 },
    async (fault, { expect }) => {
      const pipeline = await Pipeline.create();
      try {
        const records = shuffled(cairEvents(CLAIMS, EVENTS_PER_CLAIM), 11).map(rawCair);
        const poison = rawCairBody('claim-1', '{"claimFhirId": 7}');
        await pipeline.publish([...records.slice(0, EVENTS / 2), poison]);
        const killed = pipeline.startNormalizer({ BATCH_MAX_EVENTS: '20', CLAIMWIRE_TEST_FAULT: fault });
        if (fault === 'normalizer.before-release') {
          await expect.poll(() => pipeline.publishedEvents(), within).toBe(EVENTS / 2);
          killed.signal('SIGTERM');
        }
        expect(await killed.ended()).toBe('SIGKILL');
        expect((await pipeline.count('claim_events')) > 0).toBe(STORED[fault]);

        // What comes while nobody is there belongs to the next one as well.
        await pipeline.publish(records.slice(EVENTS / 2));
        pipeline.startNormalizer({ BATCH_MAX_EVENTS: '20' });
        await expect.poll(() => pipeline.publishedEvents(), within).toBe(EVENTS);
        await expect.poll(() => pipeline.flaws(), within).toEqual([]);
        await expect.poll(() => pipeline.count('quarantine'), within).toBeGreaterThan(0);
      } finally {
        await pipeline.close();
      }
    },
  );
});
