import { isObject, readIdentifier, readList, readObject, type JsonObject } from '@claimwire/provider-kit';
import type { ExplodedReport, ReportContext, ReportPart } from './report-part.js';
import type { ReportKind } from './transaction-event.js';

/** A claim found in a report: its index path, itself, and the nodes above it, outermost first. */
interface Found {
  path: number[];
  node: JsonObject;
  ancestors: JsonObject[];
}

const LEVELS: Record<ReportKind, readonly string[]> = {
  '277': [
    'transactions',
    'payers',
    'claimStatusTransactions',
    'claimStatusDetails',
    'patientClaimStatusDetails',
    'claims',
  ],
  '835': ['transactions', 'detailInfo', 'paymentInfo'],
};

/** Walks every item of every level: taking only the first of a level loses claims. */
function findClaims(report: unknown, levels: readonly string[]): Found[] {
  let found: Found[] = [{ path: [], node: readObject(report), ancestors: [] }];
  for (const level of levels) {
    found = found.flatMap(({ path, node, ancestors }) =>
      readList(node[level]).map((item, index) => ({
        path: [...path, index],
        node: readObject(item),
        ancestors: [...ancestors, node],
      })),
    );
  }
  return found;
}

const pick = (node: JsonObject | undefined, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (node && name in node ? [[name, node[name]]] : [])));

/** Only what normalising reads is carried on: subscriber, patient and provider names stay in the report. */
interface Shape {
  claimNumber(claim: JsonObject): unknown;
  claim(claim: JsonObject): JsonObject;
  report(ancestors: readonly JsonObject[]): JsonObject;
}

const PAYER_FIELDS = ['entityIdentifierCode', 'organizationName', 'payerIdentification'];
const PAYMENT_FIELDS = ['claimPaymentInfo', 'claimAdjustments', 'serviceLines', 'claimSupplementalInformation'];
const REMITTANCE_FIELDS = [
  'productionDate',
  'financialInformation',
  'paymentAndRemitReassociationDetails',
  'controlNumber',
];
const REMITTANCE_PAYER_FIELDS = ['name', 'payerIdentificationNumber', 'centersForMedicareAndMedicaidServicesPlanId'];

const SHAPES: Record<ReportKind, Shape> = {
  '277': {
    claimNumber: (claim) => {
      const status = readObject(claim.claimStatus);
      return [status.referencedTransactionTraceNumber, status.patientAccountNumber].find(readControlNumber);
    },
    claim: (claim) => pick(claim, ['claimStatus', 'serviceLines']),
    report: ([, transaction, payer, statusTransaction]) => ({
      ...pick(transaction, ['controlNumber', 'transactionSetCreationDate']),
      payer: pick(payer, PAYER_FIELDS),
      ...pick(statusTransaction, ['claimTransactionBatchNumber']),
    }),
  },
  '835': {
    claimNumber: (claim) => readObject(claim.claimPaymentInfo).patientControlNumber,
    claim: (claim) => pick(claim, PAYMENT_FIELDS),
    report: ([, transaction]) => ({
      ...pick(transaction, REMITTANCE_FIELDS),
      payer: pick(readObject(transaction?.payer), REMITTANCE_PAYER_FIELDS),
    }),
  },
};

/** A patient control number (837 CLM01) as the hub's claim id; null when it cannot be one. */
function readControlNumber(value: unknown): string | null {
  return readIdentifier(typeof value === 'string' ? value.trim() : value)?.toUpperCase() ?? null;
}

function toPart(kind: ReportKind, { path, node, ancestors }: Found, context: ReportContext): ReportPart | null {
  const shape = SHAPES[kind];
  const patientControlNumber = readControlNumber(shape.claimNumber(node));
  if (patientControlNumber === null) return null;
  const { transactionId, processedAt, mode, partnership, account } = context;
  return {
    patientControlNumber,
    path,
    body: {
      kind,
      transactionId,
      processedAt,
      mode,
      partnership,
      account,
      patientControlNumber,
      path,
      report: shape.report(ancestors),
      claim: shape.claim(node),
    },
  };
}

/** Splits a 277CA or 835 report into its claims, each with the context that its meaning needs. */
export function explodeReport(kind: ReportKind, report: unknown, context: ReportContext): ExplodedReport {
  const found = findClaims(report, LEVELS[kind]);
  const parts = found.map((claim) => toPart(kind, claim, context)).filter((part) => part !== null);
  return { parts, unreadable: found.length - parts.length };
}

/** Whether the answer of a report request is a report at all; one without claims may be. */
export function isReport(report: unknown): boolean {
  return isObject(report) && Array.isArray(report.transactions);
}
