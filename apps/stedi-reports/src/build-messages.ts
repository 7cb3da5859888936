import { encodeHeaders, type MessageHeaders, QUARANTINE_TOPIC, rawEventId, rawTopic } from '@claimwire/contracts';
import type { PublishRecord } from '@claimwire/kafka';
import { reportPartIdentity, type ReportPart } from '@claimwire/provider-stedi';
import type { SourcePosition } from './jobs/job.js';
import type { SourceMessage } from './jobs/message-seal.js';

/** One message per claim of a report. Ids follow from transaction and place: a report fetched twice has the same ones. */
export function partRecord(headers: MessageHeaders, part: ReportPart): PublishRecord {
  const { kind, transactionId } = part.body;
  return {
    topic: rawTopic('stedi-reports'),
    key: `${encodeURIComponent(headers.tenant)}/${encodeURIComponent(part.patientControlNumber)}`,
    value: JSON.stringify(part.body),
    headers: encodeHeaders({
      id: rawEventId(headers.tenant, 'stedi', reportPartIdentity(transactionId, part.path)),
      source: '/stedi-reports',
      type: `stedi.report.${kind}`,
      time: headers.time,
      tenant: headers.tenant,
      connection: headers.connection,
      contentType: 'application/json',
      traceparent: headers.traceparent,
    }),
  };
}

/** The webhook as it came, with why its report could not be had; a retry from there fetches it again. */
export function quarantineRecord(
  headers: MessageHeaders,
  message: SourceMessage,
  source: SourcePosition | null,
  reason: string,
): PublishRecord {
  return {
    topic: QUARANTINE_TOPIC,
    key: message.key ?? headers.tenant,
    value: message.value,
    headers: encodeHeaders({
      ...headers,
      extra: {
        ...headers.extra,
        'claimwire-reason': reason,
        'claimwire-stage': 'stedi-reports',
        ...(source && {
          'claimwire-source-topic': source.topic,
          'claimwire-source-partition': String(source.partition),
          'claimwire-source-offset': source.offset,
        }),
      },
    }),
  };
}
