import { isObject, type ConnectionConfig, type InboundRequest, type Verification } from '@claimwire/provider-kit';
import {
  readSecrets,
  readTimedValues,
  verifyBasic,
  verifySharedSecret,
  verifyStandardWebhooks,
} from '@claimwire/signing';

type Auth = ConnectionConfig['auth'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** All configured headers must match; each is compared, so that time does not tell which one failed. */
function verifyApiKeys(request: InboundRequest, auth: Auth, now: Date): Verification {
  const headers = Array.isArray(auth.headers) ? auth.headers.filter(isObject) : [];
  if (headers.length === 0) return { ok: false, reason: 'no_active_secret' };
  const checks = headers.map((header) => {
    const presented = request.headers[text(header.name).toLowerCase()];
    return verifySharedSecret(presented, readTimedValues(header, 'value', 'values'), now);
  });
  return checks.find((check) => !check.ok) ?? { ok: true };
}

/** A 401 stops all of Stedi's deliveries: refused only where what was presented is wrong. */
export function verifyRequest(request: InboundRequest, connection: ConnectionConfig, now: Date): Verification {
  const { auth } = connection;
  switch (auth.type) {
    case 'api_keys':
      return verifyApiKeys(request, auth, now);
    case 'basic':
      return verifyBasic({
        authorization: request.headers.authorization,
        username: text(auth.username),
        passwords: readTimedValues(auth, 'password', 'passwords'),
        now,
      });
    case 'none':
      return { ok: true };
    case 'standard_webhooks':
      return verifyStandardWebhooks({
        body: request.body,
        headers: request.headers,
        secrets: readSecrets(auth),
        toleranceSeconds: typeof auth.toleranceSeconds === 'number' ? auth.toleranceSeconds : undefined,
        now,
      });
    default:
      return { ok: false, reason: 'auth_type_unknown' };
  }
}
