import { eventTypeOf, hashBody, type Provider, type Reception } from '@claimwire/provider-kit';
import { HmacSha256AuthDto, NoneAuthDto } from './auth.dto.js';
import { parseCuracelClaimHead, readCuracelClaimHead } from './claim.payload.js';
import { normaliseClaim } from './normalise-claim.js';
import { knownFields } from './known-fields.js';
import { verifyRequest } from './verify-request.js';

function receive(bytes: Buffer): Reception {
  const body = parseCuracelClaimHead(bytes);
  if (!body) return { kind: 'malformed', reason: 'not_a_json_object' };
  const claim = readCuracelClaimHead(body);
  if (typeof claim === 'string') return { kind: 'malformed', reason: claim };
  return {
    kind: 'accepted',
    identity: hashBody(bytes),
    entityId: claim.id,
    eventType: eventTypeOf('curacel', claim.event),
    account: null,
  };
}

export const curacel: Provider = {
  name: 'curacel',
  // No documented retry: an answer other than 2xx would only lose the event on their side.
  malformedStatus: 202,
  routes: [{ name: 'webhook', suffix: '', receive }],
  authSchemes: { hmac_sha256: HmacSha256AuthDto, none: NoneAuthDto },
  verify: verifyRequest,
  sources: [{ source: 'curacel', normalise: normaliseClaim }],
  secretPaths: ['auth.secret', 'auth.secrets[].value'],
  settings: ['claimNamespace'],
  knownFields,
};
