import {
  noticeOutcome,
  parseJsonObject,
  readCode,
  readIdentifier,
  readList,
  readObject,
} from '@claimwire/provider-kit';
import type { JsonObject, NormaliseOutcome, RawEvent, Reception } from '@claimwire/provider-kit';

export const FIRST_CRAWL_EVENT_TYPE = 'tpastream.first_crawl_completion';

const policyHolderOf = (body: JsonObject): JsonObject => readObject(readObject(body.data).policy_holder);

const readIds = (items: readonly unknown[]): string[] => items.map(readIdentifier).filter((id) => id !== null);

export function receiveFirstCrawl(bytes: Buffer): Reception {
  const body = parseJsonObject(bytes);
  if (!body) return { kind: 'malformed', reason: 'not_a_json_object' };
  const entityId = readIdentifier(policyHolderOf(body).id);
  if (entityId === null) return { kind: 'malformed', reason: 'policy_holder_id_missing' };
  // Two failed crawls send the same body: every accepted request is an event of its own.
  return { kind: 'accepted', identity: null, entityId, eventType: FIRST_CRAWL_EVENT_TYPE, account: null };
}

/** The body has no time of its own: it happened when it was received. Their advice to the member is free text. */
export function normaliseFirstCrawl(event: RawEvent): NormaliseOutcome {
  const body = parseJsonObject(event.body);
  if (!body) return { kind: 'quarantine', reason: 'not_a_json_object' };
  const policyHolder = policyHolderOf(body);
  const entity = readIdentifier(policyHolder.id);
  if (entity === null) return { kind: 'quarantine', reason: 'policy_holder_id_missing' };
  const data = readObject(body.data);
  if (typeof data.success !== 'boolean') return { kind: 'quarantine', reason: 'crawl_outcome_missing' };
  return noticeOutcome(event, {
    type: 'crawl.completed',
    entity,
    occurredAt: event.headers.time,
    data: {
      provider: 'tpastream',
      connection: event.headers.connection,
      success: data.success,
      loginProblem: readCode(policyHolder.login_problem),
      memberIds: readIds(readList(data.members).map((member) => readObject(member).id)),
      // A replay carries none: that means "unknown", never "no claims".
      claimIds: Array.isArray(data.crawl_claim_ids) ? readIds(data.crawl_claim_ids) : null,
    },
  });
}
