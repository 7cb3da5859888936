import type { ConnectionConfig, InboundRequest, Verification } from '@claimwire/provider-kit';
import { activeSecrets, readTimedValues, refused, verifyRs256Jwt } from '@claimwire/signing';

export const SIGNATURE_HEADER = 'tpastream-signature';

/**
 * Proves origin, not the body: of the token's claims only `exp` is documented. One key presumably serves all their
 * customers, so the random token in the address matters too.
 */
export function verifyRequest(
  request: InboundRequest,
  connection: ConnectionConfig,
  now: Date,
): Verification | Promise<Verification> {
  const { auth } = connection;
  if (auth.type !== 'jwt_rs256') return { ok: false, reason: 'auth_type_unknown' };
  const configured = readTimedValues(auth, 'publicKey', 'publicKeys');
  const publicKeys = activeSecrets(configured, now);
  // Keys that were all withdrawn are no fault of ours, as unusable ones would be.
  if (publicKeys.length === 0 && configured.length > 0) return refused('no_active_secret');
  return verifyRs256Jwt({
    token: request.headers[SIGNATURE_HEADER],
    publicKeys,
    maxTokenLifetimeSeconds:
      typeof auth.maxTokenLifetimeSeconds === 'number' ? auth.maxTokenLifetimeSeconds : undefined,
    now,
  });
}
