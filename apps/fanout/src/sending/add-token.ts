import { createHash, randomBytes } from 'node:crypto';
import { signRs256Jwt } from '@claimwire/signing';
import type { JwtKey, JwtSigning } from '../configuration/destination.js';
import { MASK } from '../configuration/mask.js';
import type { RenderedRequest } from './render-request.js';

/** Long enough for clocks that differ, short enough that a stolen token is worth little. */
const LIFETIME_SECONDS = 240;

/** The newest that is in use; before any is (clocks differ), the one that is next. */
function currentKey(keys: readonly JwtKey[], now: number): JwtKey | undefined {
  const newestFirst = keys.toSorted((a, b) => b.signsFrom - a.signsFrom);
  return newestFirst.find(({ signsFrom }) => signsFrom <= now) ?? newestFirst.at(-1);
}

interface TokenSubject {
  tenant: string;
  webhookId: string;
  eventId: string;
  signing: JwtSigning;
  now: Date;
}

/**
 * Adds the JWT of a webhook with `jwt_rs256`. `jti` differs in each request, also of one event: a receiver may refuse to see one twice.
 * @throws Error when the tenant has no key
 */
export async function addToken(
  request: RenderedRequest,
  { tenant, webhookId, eventId, signing, now }: TokenSubject,
): Promise<void> {
  const key = currentKey(signing.keys, now.getTime());
  if (!key) throw new Error('the tenant has no key to sign with');
  const issuedAt = Math.floor(now.getTime() / 1000);
  const claims = {
    iss: tenant,
    aud: signing.audience,
    jti: `${eventId}.${randomBytes(8).toString('hex')}`,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    webhook: webhookId,
    body_sha256: createHash('sha256')
      .update(request.body ?? '')
      .digest('hex'),
  };
  const token = await signRs256Jwt({ key: key.key, kid: key.kid, claims });
  request.headers.add(signing.header, token, MASK);
  request.secrets.push(token);
}
