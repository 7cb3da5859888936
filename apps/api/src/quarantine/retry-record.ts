import { decodeHeaders, encodeHeaders, rawTopic } from '@claimwire/contracts';
import type { BatchMessage, PublishRecord } from '@claimwire/kafka';
import type { QuarantineItem } from '@claimwire/postgres/schema';

/** Said about the quarantine, not about the event. */
const QUARANTINE_HEADERS = [
  'claimwire-reason',
  'claimwire-stage',
  'claimwire-source-topic',
  'claimwire-source-partition',
  'claimwire-source-offset',
];

/** The quarantined message as its source topic gets it again: same bytes, key and `ce_id`. */
export function retryRecord(item: QuarantineItem, { key, value, headers }: BatchMessage): PublishRecord {
  const decoded = decodeHeaders(headers);
  const extra = Object.entries(decoded.extra ?? {}).filter(([name]) => !QUARANTINE_HEADERS.includes(name));
  return {
    topic: sourceTopic(item, decoded.extra?.['claimwire-source-topic']),
    key: key?.toString() ?? '',
    value,
    headers: encodeHeaders({ ...decoded, extra: Object.fromEntries(extra) }),
  };
}

/** What was quarantined at the ingress never was on a topic: it belongs on its provider's, which its type names. */
function sourceTopic({ sourceTopic: indexed, ceType }: QuarantineItem, stated: string | undefined): string {
  return indexed ?? stated ?? rawTopic(ceType.split('.', 1)[0]!);
}
