import type { ConnectionConfig, InboundRequest, Verification } from '@claimwire/provider-kit';
import { readSecrets, verifyHmac, verifySharedSecret } from '@claimwire/signing';

/** `auth` has passed its DTO when the connection was made; what does not fit is refused, never trusted. */
export function verifyRequest(request: InboundRequest, connection: ConnectionConfig, now: Date): Verification {
  const { auth } = connection;
  const header = typeof auth.header === 'string' ? request.headers[auth.header.toLowerCase()] : undefined;
  const secrets = readSecrets(auth);
  switch (auth.type) {
    case 'api_secret':
      return verifySharedSecret(header, secrets, now);
    case 'hmac_sha256':
      return verifyHmac({
        body: request.body,
        signature: header,
        secrets,
        encoding: auth.encoding === 'base64' ? 'base64' : 'hex',
        prefix: typeof auth.prefix === 'string' ? auth.prefix : undefined,
        now,
      });
    default:
      return { ok: false, reason: 'auth_type_unknown' };
  }
}
