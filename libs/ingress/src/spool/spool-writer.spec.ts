import { describe, expect, it } from 'vitest';
import type { SpoolEntry } from './spool-entry.js';
import { SpoolFullError, SpoolTimeoutError, SpoolWriter } from './spool-writer.js';

const entry = (ceId: string, bytes = 10): SpoolEntry => ({
  tenant: 'a',
  ceId,
  topic: 't',
  sealed: Buffer.alloc(bytes),
});
const idsOf = (entries: readonly SpoolEntry[]): string[] => entries.map(({ ceId }) => ceId);

describe('SpoolWriter', () => {
  it('commits together and in order what comes while a commit is under way', async () => {
    const commits: string[][] = [];
    const writer = new SpoolWriter(
      async (entries) => {
        commits.push(idsOf(entries));
        await new Promise((resolve) => setTimeout(resolve, 20));
        return true;
      },
      { deadlineMs: 1_000 },
    );
    const first = writer.write(entry('1'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([first, writer.write(entry('2')), writer.write(entry('3'))]);
    expect(commits).toEqual([['1'], ['2', '3']]);
  });

  it('bounds a commit in rows and bytes; one that is larger goes alone', async () => {
    const commits: string[][] = [];
    const insert = async (entries: readonly SpoolEntry[]) => commits.push(idsOf(entries)) > 0;
    const writer = new SpoolWriter(insert, { deadlineMs: 1_000, maxBatchRows: 2, maxBatchBytes: 100 });
    const sizes = [10, 10, 10, 95, 500, 1];
    await Promise.all(sizes.map((bytes, index) => writer.write(entry(String(index), bytes))));
    expect(commits).toEqual([['0', '1'], ['2'], ['3'], ['4'], ['5']]);
  });

  it('stores what still fits into a spool that is nearly full', async () => {
    let room = 3;
    const insert = async ({ length }: readonly SpoolEntry[]) => {
      if (length > room) return false;
      room -= length;
      return true;
    };
    const writer = new SpoolWriter(insert, { deadlineMs: 1_000 });
    const results = await Promise.allSettled(['1', '2', '3', '4', '5'].map((id) => writer.write(entry(id))));
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, false, false]);
    expect(results[4]).toMatchObject({ reason: new SpoolFullError('the spool is full') });
  });

  it('gives up at the deadline and drops what nobody waits for any more', async () => {
    const commits: string[][] = [];
    const hung = Promise.withResolvers<boolean>();
    const writer = new SpoolWriter(
      (entries) => {
        commits.push(idsOf(entries));
        return hung.promise;
      },
      { deadlineMs: 20 },
    );
    const first = writer.write(entry('1'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = writer.write(entry('2'));
    await expect(first).rejects.toBeInstanceOf(SpoolTimeoutError);
    await expect(second).rejects.toBeInstanceOf(SpoolTimeoutError);
    hung.resolve(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(commits).toEqual([['1']]);
  });

  it('holds nothing for senders who were told to come back, however long a commit hangs', async () => {
    const hung = Promise.withResolvers<boolean>();
    const writer = new SpoolWriter(() => hung.promise, { deadlineMs: 50 });
    const first = writer.write(entry('first'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const flood = Array.from({ length: 1_000 }, (_, index) => writer.write(entry(`${index}`)));
    expect(writer.waiting).toBe(1_000);
    const settled = await Promise.allSettled([first, ...flood]);
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    expect(writer.waiting).toBe(0);
    hung.resolve(true);
    await expect(writer.write(entry('later'))).resolves.toBeUndefined();
  });

  it('passes on what the database says, and goes on afterwards', async () => {
    const answers = [() => Promise.reject(new Error('down')), () => Promise.resolve(true)];
    const writer = new SpoolWriter(() => answers.shift()!(), { deadlineMs: 1_000 });
    await expect(writer.write(entry('1'))).rejects.toThrow('down');
    await expect(writer.write(entry('2'))).resolves.toBeUndefined();
  });
});
