export const MASK = '***';

/** A header by this name is taken for a secret, whoever set it. */
const SECRET_NAME = /authorization|cookie|key|token|secret|password|signature|credential/i;

/** The value as it may be stored and shown. */
export function maskHeader(name: string, value: string): string {
  return SECRET_NAME.test(name) ? MASK : value;
}

/** The address without user info, and without the values of its query: people put keys there. */
export function maskUrl(address: string): string {
  const url = new URL(address);
  const query = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=${MASK}`).join('&');
  return url.origin + url.pathname + (query === '' ? '' : `?${query}`);
}

/** The text with every secret in it blanked. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

/** Fewer characters of a secret tell nothing. */
const SHORTEST_PART = 4;

/** Of a text that was cut off: without the first part of a secret at its end, which `maskText` does not know. */
export function maskEnd(text: string, secrets: readonly string[]): string {
  for (const secret of secrets) {
    for (let length = secret.length - 1; length >= SHORTEST_PART; length -= 1) {
      if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + MASK;
    }
  }
  return text;
}
