import type { SignedRequest } from '@claimwire/testkit/senders';

const MASK = '***';

/** A signature over the body gives nothing away; every other credential would let its reader send. */
const BODY_SIGNATURES = new Set(['hmac_sha256', 'standard_webhooks', 'none']);

/** For a POSIX shell: everything literal but the quote itself. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The random token in a connection's address is a secret as well. */
export const maskAddress = (url: string): string => url.replace(/(\/webhooks\/[^/]+\/)[^/?#]+/, `$1${MASK}`);

/** The request as curl would make it, with every secret masked. A body that is no text is left to a file. */
export function curlLine(url: string, request: SignedRequest, authType: string): string {
  const { headers, body } = request;
  const isShown = (name: string) => name === 'content-type' || BODY_SIGNATURES.has(authType);
  const shown = Object.entries(headers).map(
    ([name, value]) => `-H ${quote(`${name}: ${isShown(name) ? value : MASK}`)}`,
  );
  const text = body.toString('utf8');
  const data = Buffer.from(text).equals(body) && !text.startsWith('@') ? quote(text) : '@body';
  return `curl -sS ${quote(maskAddress(url))} ${shown.join(' ')} --data-binary ${data}`;
}
