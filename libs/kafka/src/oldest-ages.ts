/** By partition, the first offset whose message is not older than that; whole milliseconds only. */
export type OffsetsAt = (timestampMs: number) => Promise<ReadonlyMap<number, bigint>>;

const FIRST_PROBE_MS = 1_000;
/** Twice what any topic keeps: an older message cannot be there. */
const LONGEST_MS = 180 * 24 * 60 * 60 * 1_000;
/** Halvings of the last doubling: the answer is right to a sixteenth. */
const HALVINGS = 4;

/**
 * How old the message at each of these offsets is, in seconds, rounded up: within 1 s, or a sixteenth of it. Asks the
 * broker for offsets by time only, so that it needs no consumer group and reads no message.
 */
export async function oldestAges(
  offsets: ReadonlyMap<number, bigint>,
  offsetsAt: OffsetsAt,
  nowMs: number,
): Promise<Map<number, number>> {
  const ages = new Map<number, number>();
  let open = [...offsets.keys()];
  for (let age = FIRST_PROBE_MS; open.length > 0 && age < LONGEST_MS; age *= 2) {
    const reached = await offsetsAt(nowMs - age);
    const within = open.filter((partition) => isWithin(reached, partition, offsets));
    open = open.filter((partition) => !within.includes(partition));
    for (const partition of within) {
      const ms = age === FIRST_PROBE_MS ? age : await halve(partition, age, offsets, offsetsAt, nowMs);
      ages.set(partition, ms / 1_000);
    }
  }
  return ages;
}

/** The message is older than half of `age` and not older than `age`. */
async function halve(
  partition: number,
  age: number,
  offsets: ReadonlyMap<number, bigint>,
  offsetsAt: OffsetsAt,
  nowMs: number,
): Promise<number> {
  let [younger, older] = [age / 2, age];
  for (let turn = 0; turn < HALVINGS; turn++) {
    const middle = Math.ceil((younger + older) / 2);
    if (isWithin(await offsetsAt(nowMs - middle), partition, offsets)) older = middle;
    else younger = middle;
  }
  return older;
}

const isWithin = (reached: ReadonlyMap<number, bigint>, partition: number, offsets: ReadonlyMap<number, bigint>) =>
  (reached.get(partition) ?? 0n) <= (offsets.get(partition) ?? 0n);
