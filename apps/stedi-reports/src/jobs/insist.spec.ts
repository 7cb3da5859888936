import { expect, it } from 'vitest';
import { insist } from './insist.js';

const outage = () => Object.assign(new Error('away'), { code: 'ECONNREFUSED' });

/** Fails with these, one after another, then succeeds. @returns how often it was tried, and how it ended */
async function tried(errors: Error[], { forMs = 60_000, signal = new AbortController().signal } = {}) {
  let tries = 0;
  const work = async () => {
    const error = errors[tries++];
    if (error) throw error;
  };
  const ended = await insist(work, { until: performance.now() + forMs, signal }).then(
    () => null,
    (error: unknown) => error,
  );
  return { tries, ended };
}

it('goes on over an outage until it is done', async () => {
  expect(await tried([outage(), outage()])).toEqual({ tries: 3, ended: null });
});

it('gives up when its time is over', async () => {
  const error = outage();
  expect(await tried([error], { forMs: 0 })).toEqual({ tries: 1, ended: error });
});

it('does not repeat what is no outage', async () => {
  const error = new TypeError('a bug');
  expect(await tried([error])).toEqual({ tries: 1, ended: error });
});

it('gives up at the next failure once the process stops, without waiting', async () => {
  const stopping = new AbortController();
  const errors = [outage(), outage()];
  setTimeout(() => stopping.abort(), 10);
  expect(await tried(errors, { signal: stopping.signal })).toEqual({ tries: 2, ended: errors[1] });
});
