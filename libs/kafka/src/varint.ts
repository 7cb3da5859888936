const MORE = 0x80;
const SEVEN_BITS = 0x7f;

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

/** Bytes that a 32-bit number takes in Kafka's variable-length form. */
export function sizeOfVarInt(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > SEVEN_BITS; rest >>>= 7) size += 1;
  return size;
}

/** @returns the offset after it */
export function writeVarInt(bytes: Uint8Array, value: number, at: number): number {
  let rest = zigzag(value);
  for (; rest > SEVEN_BITS; rest >>>= 7) bytes[at++] = (rest & SEVEN_BITS) | MORE;
  bytes[at++] = rest;
  return at;
}
