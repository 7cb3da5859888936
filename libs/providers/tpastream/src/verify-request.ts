import type { ConnectionConfig, InboundRequest, Verification } from '@claimwire/provider-kit';
import { verifyRs256Jwt } from '@claimwire/signing';

export const SIGNATURE_HEADER = 'tpastream-signature';

/**
 * Proves origin, not the body: of the token's claims only `exp` is documented. One key presumably serves all their
 * customers, so the random token in the address matters too.
 */
export async function verifyRequest(
  request: InboundRequest,
  connection: ConnectionConfig,
  now: Date,
): Promise<Verification> {
  const { auth } = connection;
  if (auth.type !== 'jwt_rs256') return { ok: false, reason: 'auth_type_unknown' };
  const keys: unknown[] = Array.isArray(auth.publicKeys) ? auth.publicKeys : [];
  return verifyRs256Jwt({
    token: request.headers[SIGNATURE_HEADER],
    publicKeys: keys.filter((key) => typeof key === 'string'),
    maxTokenLifetimeSeconds:
      typeof auth.maxTokenLifetimeSeconds === 'number' ? auth.maxTokenLifetimeSeconds : undefined,
    now,
  });
}
