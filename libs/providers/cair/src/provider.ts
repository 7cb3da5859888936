import {
  headParser,
  parseJsonObject,
  type JsonObject,
  type Provider,
  type WantedMembers,
} from '@claimwire/provider-kit';
import { ApiSecretAuthDto, HmacSha256AuthDto } from './auth.dto.js';
import { CLAIM_STATUS_CHANGE, claimStatusChange } from './claim-status-change.js';
import type { EventReader } from './event-reader.js';
import { CLAIM_STATUS_CHANGE_FIELDS } from './known-fields.js';
import { verifyRequest } from './verify-request.js';

/** A further CAIR event type is one more reader here. */
const READERS: readonly EventReader[] = [claimStatusChange];

const parseHead = headParser(Object.assign({}, ...READERS.map(({ head }) => head)) as WantedMembers);

/** The reader of a body, or the constant reason why there is none. */
function findReader(parsed: JsonObject | null): { body: JsonObject; reader: EventReader } | string {
  if (!parsed) return 'not_a_json_object';
  const reader = READERS.find((candidate) => candidate.recognises(parsed));
  return reader ? { body: parsed, reader } : 'unknown_event';
}

export const cair: Provider = {
  name: 'cair',
  // CAIR documents no meaning of our answers: a retry of a malformed body would never help.
  malformedStatus: 202,
  routes: [
    {
      name: 'webhook',
      suffix: '',
      receive(body) {
        const found = findReader(parseHead(body));
        return typeof found === 'string'
          ? { kind: 'malformed', reason: found }
          : found.reader.receive(found.body, body);
      },
    },
  ],
  authSchemes: { api_secret: ApiSecretAuthDto, hmac_sha256: HmacSha256AuthDto },
  verify: verifyRequest,
  sources: [
    {
      source: 'cair',
      normalise(event) {
        const found = findReader(parseJsonObject(event.body));
        return typeof found === 'string'
          ? { kind: 'quarantine', reason: found }
          : found.reader.normalise(found.body, event);
      },
    },
  ],
  secretPaths: ['auth.secret', 'auth.secrets[].value'],
  settings: ['expectedAccounts'],
  knownFields: (eventType) => (eventType === `cair.${CLAIM_STATUS_CHANGE}` ? CLAIM_STATUS_CHANGE_FIELDS : undefined),
};
