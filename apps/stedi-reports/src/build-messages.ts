import { encodeHeaders, QUARANTINE_TOPIC, rawEventId, rawTopic } from '@claimwire/contracts';
import type { PublishRecord } from '@claimwire/kafka';
import { reportPartIdentity, type ReportPart } from '@claimwire/provider-stedi';
import type { ReportJob } from './read-job.js';

/** One message per claim of a report. Ids follow from transaction and place: a report fetched twice has the same ones. */
export function partRecord({ headers }: ReportJob, part: ReportPart): PublishRecord {
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

export interface SourcePosition {
  /** Without the deployment's prefix. */
  topic: string;
  partition: number;
}

/** The webhook as it came, with why its report could not be had; a retry from there fetches it again. */
export function quarantineRecord(
  { headers, message }: ReportJob,
  source: SourcePosition,
  reason: string,
): PublishRecord {
  return {
    topic: QUARANTINE_TOPIC,
    key: message.key?.toString() ?? headers.tenant,
    value: message.value,
    headers: encodeHeaders({
      ...headers,
      extra: {
        ...headers.extra,
        'claimwire-reason': reason,
        'claimwire-stage': 'stedi-reports',
        'claimwire-source-topic': source.topic,
        'claimwire-source-partition': String(source.partition),
        'claimwire-source-offset': String(message.offset),
      },
    }),
  };
}
