import { describe, expect, it, vi } from 'vitest';
import { Progress } from './progress.js';

const LIMIT_MS = 1_000;

function atWork(answers = true) {
  const clock = { ms: 0 };
  const stores = { answer: answers };
  const storesAnswer = vi.fn(async () => stores.answer);
  const progress = new Progress({ limitMs: LIMIT_MS, storesAnswer, now: () => clock.ms });
  /** What a probe sees that comes again; the question that it makes itself is answered too. */
  const probed = async () => {
    progress.liveness();
    await new Promise(setImmediate);
    const seen = progress.liveness();
    await new Promise(setImmediate);
    return seen;
  };
  return { clock, stores, storesAnswer, progress, probed };
}

describe('live = progress or nothing to do', () => {
  it('is live with nothing to do, however long, and asks no store', async () => {
    const { clock, progress, probed, storesAnswer } = atWork();
    progress.begin()();
    clock.ms = 100 * LIMIT_MS;
    expect(await probed()).toBe(true);
    expect(storesAnswer).not.toHaveBeenCalled();
  });

  it('is not live when work in hand stands still although the stores answer', async () => {
    const { clock, progress, probed } = atWork();
    clock.ms = 5_000;
    progress.begin();
    clock.ms += LIMIT_MS - 1;
    expect(await probed()).toBe(true);
    clock.ms += 1;
    expect(await probed()).toMatch(/stands still/);
  });

  it('is live while a store is away, and not when it is back and the work still stands', async () => {
    const { clock, stores, progress, probed } = atWork(false);
    progress.begin();
    clock.ms = 50 * LIMIT_MS;
    expect(await probed()).toBe(true);
    stores.answer = true;
    expect(await probed()).toMatch(/stands still/);
    stores.answer = false;
    expect(await probed()).toBe(true);
  });

  it('counts a store whose question fails as away', async () => {
    const clock = { ms: 0 };
    const storesAnswer = () => Promise.reject(new Error('refused'));
    const progress = new Progress({ limitMs: LIMIT_MS, storesAnswer, now: () => clock.ms });
    progress.begin();
    clock.ms = LIMIT_MS;
    progress.liveness();
    await new Promise(setImmediate);
    expect(progress.liveness()).toBe(true);
  });

  it('is not live when one lane stands still beside others that move', async () => {
    const { clock, progress, probed } = atWork();
    progress.begin('claims.raw.cair.v1/0');
    for (let round = 0; round < 10; round += 1) {
      clock.ms += LIMIT_MS / 10;
      await progress.during(async () => undefined, 'claims.raw.cair.v1/1');
    }
    expect(await probed()).toMatch(/stands still/);
    progress.moved('claims.raw.cair.v1/0');
    expect(await probed()).toBe(true);
  });

  it('is live while anything of several pieces of work of a lane ends, in success or in failure', async () => {
    const { clock, progress, probed } = atWork();
    progress.begin();
    clock.ms = LIMIT_MS - 1;
    await progress.during(() => Promise.reject(new Error('database away'))).catch(() => undefined);
    clock.ms += LIMIT_MS - 1;
    expect(await probed()).toBe(true);
    clock.ms += 1;
    expect(await probed()).toMatch(/stands still/);
  });

  it('does not take more work in hand for progress', async () => {
    const { clock, progress, probed } = atWork();
    progress.begin();
    clock.ms = LIMIT_MS - 1;
    progress.begin();
    clock.ms = LIMIT_MS;
    expect(await probed()).toMatch(/stands still/);
  });

  it('is live again once the work moves', async () => {
    const { clock, progress, probed } = atWork();
    progress.begin();
    clock.ms = LIMIT_MS;
    expect(await probed()).toMatch(/stands still/);
    progress.moved();
    expect(progress.liveness()).toBe(true);
  });
});
