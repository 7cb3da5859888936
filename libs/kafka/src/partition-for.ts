const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const SHIFT = 24;

/**
 * The default partitioner of the Java clients and of kafkajs (murmur2 of the key), computed here because the publisher must
 * know the partition before it sends: it bounds bytes per partition. In 32-bit arithmetic, kafkajs' own takes 64-bit objects.
 */
export function partitionFor(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

function murmur2(data: Buffer): number {
  let hash = SEED ^ data.length;
  const aligned = data.length & ~3;
  for (let at = 0; at < aligned; at += 4) {
    let word = Math.imul(data.readInt32LE(at), MULTIPLIER);
    word ^= word >>> SHIFT;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (aligned < data.length) {
    for (let at = data.length - 1; at >= aligned; at--) hash ^= data.readUInt8(at) << ((at - aligned) * 8);
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
