import type { ConnectionConfig, InboundRequest, Verification } from '@claimwire/provider-kit';
import { readSecrets, verifyHmac } from '@claimwire/signing';

export const SIGNATURE_HEADER = 'x-curacel-signature';

/** Over raw bytes: PHP writes "\/" for "/", which re-serialised JSON would not. */
export function verifyRequest(request: InboundRequest, connection: ConnectionConfig, now: Date): Verification {
  const { auth } = connection;
  if (auth.type === 'none') return { ok: true };
  if (auth.type !== 'hmac_sha256') return { ok: false, reason: 'auth_type_unknown' };
  const name = typeof auth.header === 'string' ? auth.header.toLowerCase() : SIGNATURE_HEADER;
  const signature = request.headers[name];
  if (signature === undefined && auth.mode === 'optional') return { ok: true };
  return verifyHmac({ body: request.body, signature, secrets: readSecrets(auth), encoding: 'hex', now });
}
