import { encodeHeaders, rawEventId, rawTopic } from '@claimwire/contracts';
import type { PublishRecord } from '@claimwire/kafka';
import { explodeReport, reportPartIdentity } from '@claimwire/provider-stedi';
import { buildRemittanceReport, cairStatusChange } from '@claimwire/testkit';
import type { Planned } from './traffic.js';

export const TENANT = 'bench';
export const CONNECTIONS = { cair: 'con_bench_cair', stedi: 'con_bench_stedi' } as const;

const CAIR_STATUSES = ['Submitted', 'Rejected', 'Submitted', 'Failed_To_Submit', 'Submitted'];
/** CLP02 and amount: paid, taken back, paid anew, and a secondary payer. */
const REMITTANCES = [
  { claimStatusCode: '1', paid: '80.00', patientResponsibility: '20.00' },
  { claimStatusCode: '22', paid: '-80.00', patientResponsibility: '-20.00' },
  { claimStatusCode: '1', paid: '90.00', patientResponsibility: '10.00' },
  { claimStatusCode: '2', paid: '5.00', patientResponsibility: '5.00' },
  { claimStatusCode: '22', paid: '-5.00', patientResponsibility: '-5.00' },
];
const ADJUSTMENTS = [
  { group: 'CO', code: '45', amount: '15.00' },
  { group: 'PR', code: '2', amount: '5.00' },
];
/** Two of five claims are told by 835 reports. */
const isRemitted = ({ claim }: Planned): boolean => claim % 5 < 2;
const FIRST_MS = Date.UTC(2026, 0, 1);
const STEP_MS = 3_600_000;
const timeOf = ({ claim, step }: Planned): string => new Date(FIRST_MS + claim * 1_000 + step * STEP_MS).toISOString();
const inTurn = <T>(items: readonly T[], step: number): T => items[step % items.length] as T;

function rawCair(planned: Planned): PublishRecord {
  const claimFhirId = `claim-${planned.claim}`;
  const newStatus = inTurn(CAIR_STATUSES, planned.step);
  const body = cairStatusChange({
    claimFhirId,
    claimLifecycleId: `lifecycle-${planned.claim}`,
    newStatus,
    timestamp: timeOf(planned),
    ...(newStatus === 'Rejected' && { statusCode277: '12', submissionFailureErrors: ['Subscriber not found'] }),
  });
  const headers = encodeHeaders({
    id: rawEventId(TENANT, 'cair', `${planned.claim}#${planned.step}`),
    source: '/ingress/cair',
    type: 'cair.CLAIM_STATUS_CHANGE',
    time: timeOf(planned),
    tenant: TENANT,
    connection: CONNECTIONS.cair,
    contentType: 'application/json',
  });
  return { topic: rawTopic('cair'), key: `${TENANT}/${claimFhirId}`, value: JSON.stringify(body), headers };
}

function rawRemittance(planned: Planned): PublishRecord {
  const transactionId = `transaction-${planned.claim}-${planned.step}`;
  const patientControlNumber = `PCN${planned.claim}`;
  const payment = {
    patientControlNumber,
    charge: '100.00',
    adjustments: ADJUSTMENTS,
    ...inTurn(REMITTANCES, planned.step),
  };
  const report = buildRemittanceReport([{ trace: transactionId, claims: [payment] }], transactionId);
  const context = {
    transactionId,
    processedAt: timeOf(planned),
    mode: 'production',
    partnership: 'bench',
    account: null,
  };
  const [part] = explodeReport('835', report, context).parts;
  if (!part) throw new Error('the generated report holds no claim');
  const headers = encodeHeaders({
    id: rawEventId(TENANT, 'stedi', reportPartIdentity(transactionId, part.path)),
    source: '/stedi-reports',
    type: 'stedi.report.835',
    time: timeOf(planned),
    tenant: TENANT,
    connection: CONNECTIONS.stedi,
    contentType: 'application/json',
  });
  const key = `${TENANT}/${part.patientControlNumber}`;
  return { topic: rawTopic('stedi-reports'), key, value: JSON.stringify(part.body), headers };
}

/** The message that an ingress, or the fetching of reports, leaves on its raw topic. */
export const rawMessage = (planned: Planned): PublishRecord =>
  isRemitted(planned) ? rawRemittance(planned) : rawCair(planned);
