import { KeyringFormatError } from './errors.js';

const KEY_BYTES = 32;
/** Plain ASCII, so that one character is one byte of the envelope. */
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** @returns keys by id in the order of the text */
export function parseKeys(text: string): Map<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of text.split(',').entries()) {
    const place = `entry ${index + 1}`;
    const [id = '', material = ''] = entry.trim().split(':', 2);
    if (!KEY_ID.test(id)) throw new KeyringFormatError(`${place} has no id of 1 to 64 letters, digits, "_" or "-"`);
    if (keys.has(id)) throw new KeyringFormatError(`${place} repeats the id of an earlier one`);
    const key = Buffer.from(material, 'base64');
    if (key.length !== KEY_BYTES) throw new KeyringFormatError(`${place} is not ${KEY_BYTES} bytes long`);
    keys.set(id, key);
  }
  return keys;
}
