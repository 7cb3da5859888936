import { hash } from 'node:crypto';

/** Deterministic and readable: 128 bits of SHA-256 over length-prefixed parts, so that ("ab","c") ≠ ("a","bc"). */
function digest(prefix: string, parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  return prefix + hash('sha256', text, 'hex').slice(0, 32);
}

/**
 * `ce_id` of a raw event (docs/architecture.md, guarantee 2): the same fact sent again has the same id.
 * @param identity what the provider's README names as the identity of its event
 */
export function rawEventId(tenant: string, provider: string, identity: string): string {
  return digest('raw_', [tenant, provider, identity]);
}

/** Id of the claim event that a raw event turns into; a raw event about one claim has `discriminator` "". */
export function claimEventId(tenant: string, rawId: string, discriminator = ''): string {
  return digest('evt_', [tenant, rawId, discriminator]);
}

/** Id of the notice that a raw event turns into. */
export function noticeId(tenant: string, rawId: string): string {
  return digest('ntc_', [tenant, rawId]);
}
