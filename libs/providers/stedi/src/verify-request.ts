import { isObject, type ConnectionConfig, type InboundRequest, type Verification } from '@claimwire/provider-kit';
import {
  readSecrets,
  readTimedValues,
  type TimedSecret,
  verifyBasic,
  verifySharedSecret,
  verifyStandardWebhooks,
} from '@claimwire/signing';

type Auth = ConnectionConfig['auth'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

interface KeyHeader {
  name: string;
  secrets: readonly TimedSecret[];
}

/** By `auth`, which is replaced as a whole and never changed in place. */
const known = new WeakMap<Auth, readonly KeyHeader[]>();

function keyHeadersOf(auth: Auth): readonly KeyHeader[] {
  let headers = known.get(auth);
  if (!headers) {
    headers = (Array.isArray(auth.headers) ? auth.headers.filter(isObject) : []).map((header) => ({
      name: text(header.name).toLowerCase(),
      secrets: readTimedValues(header, 'value', 'values'),
    }));
    known.set(auth, headers);
  }
  return headers;
}

/** All configured headers must match; each is compared, so that time does not tell which one failed. */
function verifyApiKeys(request: InboundRequest, auth: Auth, now: Date): Verification {
  let verification: Verification | null = null;
  for (const { name, secrets } of keyHeadersOf(auth)) {
    const check = verifySharedSecret(request.headers[name], secrets, now);
    if (verification === null || verification.ok) verification = check;
  }
  return verification ?? { ok: false, reason: 'no_active_secret' };
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
