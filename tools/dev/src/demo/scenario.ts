import { randomUUID } from 'node:crypto';
import {
  buildAcknowledgmentReport,
  buildRemittanceReport,
  cairStatusChange,
  curacelPileDone,
  curacelVetted,
  type ProviderName,
  stediFileDelivered,
  stediTransactionEvent,
  type StediReportServer,
  tpaClaim,
  tpaCrawl,
} from '@claimwire/testkit';

export interface ScenarioStep {
  provider: ProviderName;
  route?: string;
  body: object;
  /** For the told claim: what a person would call this webhook. */
  told?: string;
}

export interface Scenario {
  /** Provider's id of the claim whose story is told. */
  toldClaimId: string;
  /** In the order in which they are sent. */
  steps: ScenarioStep[];
  /** How many steps are sent a second time on purpose. */
  duplicates: number;
}

const MINUTE_MS = 60_000;
const ago = (minutes: number): string => new Date(Date.now() - minutes * MINUTE_MS).toISOString();
/** Local ids that no earlier start has used. */
const freshNumber = (): number => Math.floor(Date.now() / 10) % 1_000_000_000;

/** The claim that is told: rejected, and only then submitted; then sent again, corrected. */
function toldSteps(claimFhirId: string): ScenarioStep[] {
  const change = { claimFhirId, claimLifecycleId: randomUUID() };
  const submitted = cairStatusChange({ ...change, newStatus: 'Submitted', timestamp: ago(95) });
  const rejected = cairStatusChange({ ...change, newStatus: 'Rejected', timestamp: ago(90), statusCode277: '12' });
  const again = cairStatusChange({ ...change, newStatus: 'Submitted', timestamp: ago(30) });
  return [
    { provider: 'cair', body: rejected, told: 'Rejected' },
    { provider: 'cair', body: submitted, told: 'Submitted' },
    { provider: 'cair', body: submitted, told: 'Submitted, a second time' },
    { provider: 'cair', body: again, told: 'Submitted again, corrected' },
  ];
}

function cairSteps(): ScenarioStep[] {
  const change = { claimFhirId: randomUUID(), claimLifecycleId: randomUUID() };
  const failed = { submissionFailureErrors: ['Failed to submit claim (HTTP 400).'] };
  return [
    { provider: 'cair', body: cairStatusChange({ ...change, newStatus: 'Submitted', timestamp: ago(50) }) },
    {
      provider: 'cair',
      body: cairStatusChange({ ...change, ...failed, newStatus: 'Failed_To_Submit', timestamp: ago(60) }),
    },
  ];
}

function curacelSteps(): ScenarioStep[] {
  const vettedAt = ago(45);
  const partly = { id: freshNumber(), pileId: 77, vettedAt, billed: 20_000, approved: 15_000.5 };
  const refused = { id: freshNumber() + 1, pileId: 77, vettedAt, approvalStatus: 0, billed: 4_000, approved: 0 };
  return [curacelPileDone(partly), curacelVetted(partly), curacelVetted(refused), curacelPileDone(refused)].map(
    (body) => ({ provider: 'curacel', body }),
  );
}

function tpaSteps(): ScenarioStep[] {
  const id = freshNumber();
  const inProcess = { id, status: 'In Process', lastUpdatedStatus: ago(40), modifiedDate: ago(40) };
  const partly = { id, status: 'Partially Approved', lastUpdatedStatus: ago(20), modifiedDate: ago(20), allowed: 180 };
  return [
    { provider: 'tpastream', route: 'claims', body: tpaClaim(partly) },
    { provider: 'tpastream', route: 'claims', body: tpaClaim(inProcess) },
    { provider: 'tpastream', route: 'first-crawl-completions', body: tpaCrawl({ claimIds: [id] }) },
  ];
}

/** Two claims in one 277CA, then paid by one 835: the webhooks only name transactions, the reports hold the claims. */
function stediSteps(reports: StediReportServer): ScenarioStep[] {
  const [first, second] = [`PCN${freshNumber()}A`, `PCN${freshNumber()}B`];
  const acknowledged = { transactionId: randomUUID(), transactionSet: '277', processedAt: ago(35) };
  const remitted = { transactionId: randomUUID(), transactionSet: '835', processedAt: ago(10) };
  reports.put(acknowledged.transactionId, {
    kind: '277',
    transaction: { processedAt: acknowledged.processedAt },
    report: buildAcknowledgmentReport([
      { claims: [{ patientControlNumber: first, statuses: [['A2', '20']], charge: '109.20' }] },
      { claims: [{ patientControlNumber: second, statuses: [['A2', '20']], charge: '250.00' }] },
    ]),
  });
  reports.put(remitted.transactionId, {
    kind: '835',
    transaction: { processedAt: remitted.processedAt },
    report: buildRemittanceReport([
      {
        trace: `EFT${freshNumber()}`,
        claims: [
          { patientControlNumber: first, claimStatusCode: '1', charge: '109.20', paid: '109.20' },
          {
            patientControlNumber: second.toLowerCase(),
            claimStatusCode: '1',
            charge: '250.00',
            paid: '150.00',
            patientResponsibility: '20.00',
          },
        ],
      },
    ]),
  });
  return [
    { provider: 'stedi', body: stediTransactionEvent(remitted) },
    { provider: 'stedi', body: stediTransactionEvent({ ...acknowledged, flat: true, wrapped: false }) },
    { provider: 'stedi', body: stediFileDelivered({ processedAt: ago(70) }) },
  ];
}

/** Fisher–Yates. */
function shuffle<Item>(items: readonly Item[]): Item[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}

/** Spreads the told steps, in their own order, evenly among the others. */
function interleave(told: readonly ScenarioStep[], others: readonly ScenarioStep[]): ScenarioStep[] {
  const every = Math.ceil(others.length / told.length);
  return told.flatMap((step, index) => [step, ...others.slice(index * every, (index + 1) * every)]);
}

/** A realistic morning of all four providers: shuffled, and with webhooks that are sent twice. */
export function buildScenario(reports: StediReportServer): Scenario {
  const toldClaimId = randomUUID();
  const others = [...cairSteps(), ...curacelSteps(), ...tpaSteps(), ...stediSteps(reports)];
  // A crawl completion is not among them: each accepted one is an event of its own.
  const repeated = shuffle(others.filter(({ route }) => route !== 'first-crawl-completions')).slice(0, 4);
  const steps = interleave(toldSteps(toldClaimId), shuffle([...others, ...repeated]));
  return { toldClaimId, steps, duplicates: repeated.length + 1 };
}
