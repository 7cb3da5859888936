import { claimEventId, rawEventId } from '@claimwire/contracts';
import { claimOutcome, type NormaliseOutcome, type RawEvent } from '@claimwire/provider-kit';
import { stateAcknowledgment } from './acknowledgment.js';
import { readReportPart } from './read-report-part.js';
import { stateRemittance } from './remittance.js';
import { reportPartIdentity } from './report-part.js';

/** What is not production is another provider to the fold: a test's payment never touches a real claim. */
const providerOf = (mode: string): string => (mode === 'production' ? 'stedi' : 'stedi-test');

/** Source "stedi-reports": one claim's part of a 277CA or 835. */
export function normaliseReportPart(event: RawEvent): NormaliseOutcome {
  const part = readReportPart(event.body);
  if (typeof part === 'string') return { kind: 'quarantine', reason: part };
  const stated = part.kind === '277' ? stateAcknowledgment(part) : stateRemittance(part);
  if (typeof stated === 'string') return { kind: 'quarantine', reason: stated };
  const { tenant } = event.headers;
  // From the transaction and the place in its report, so that however often it is fetched it is one event.
  const rawId = rawEventId(tenant, 'stedi', reportPartIdentity(part.transactionId, part.path));
  return claimOutcome(event, {
    ...stated,
    eventId: claimEventId(tenant, rawId, event.settings.claimNamespace ?? ''),
    provider: providerOf(part.mode),
    claimId: part.patientControlNumber,
    occurredAt: part.processedAt,
    sequence: part.path,
    event: 'transaction.processed',
    transaction: part.kind,
    partnership: part.partnership,
    environment: part.mode,
  });
}
