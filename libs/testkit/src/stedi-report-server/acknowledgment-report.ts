export interface AcknowledgedClaim {
  patientControlNumber: string;
  /** Category and status code of each status, for example [["A7", "21"]]. */
  statuses: [category: string, code: string][];
  charge?: string;
  payerClaimNumber?: string;
}

export interface AcknowledgmentSample {
  /** "AY" the clearinghouse, "PR" the payer. */
  reporter?: string;
  claims: AcknowledgedClaim[];
}

const claimNode = ({ patientControlNumber, statuses, charge = '109.20', payerClaimNumber }: AcknowledgedClaim) => ({
  claimStatus: {
    claimServiceBeginDate: '20240101',
    claimServiceEndDate: '20240102',
    clearinghouseTraceNumber: `01J${patientControlNumber}`,
    ...(payerClaimNumber ? { tradingPartnerClaimNumber: payerClaimNumber } : {}),
    informationClaimStatuses: [
      {
        statusInformationEffectiveDate: '20240702',
        totalClaimChargeAmount: charge,
        informationStatuses: statuses.map(([category, code]) => ({
          healthCareClaimStatusCategoryCode: category,
          statusCode: code,
          entityIdentifierCode: '85',
        })),
      },
    ],
    patientAccountNumber: patientControlNumber,
    referencedTransactionTraceNumber: patientControlNumber,
  },
});

const batchNode = (claims: AcknowledgedClaim[]) => ({
  claimTransactionBatchNumber: '01J1SNRJ0FP4ZE6EFWM4G4XB3N',
  provider: { etin: '1235600834', organizationName: 'TEST DATA HEALTH SERVICES' },
  providerClaimStatuses: [],
  claimStatusDetails: claims.map((claim) => ({
    serviceProvider: { npi: '1235600834', organizationName: 'THERAPY ASSOCIATES' },
    patientClaimStatusDetails: [
      { subscriber: { firstName: 'JOHN', lastName: 'ANON', memberId: 'U7777788888' }, claims: [claimNode(claim)] },
    ],
  })),
});

/** A 277CA report as `GET …/277` answers it: each sample is a payer node, each of its claims a detail of its own. */
export function buildAcknowledgmentReport(samples: AcknowledgmentSample[], transactionId = ''): object {
  return {
    meta: { transactionId },
    transactions: [
      {
        controlNumber: '1001',
        transactionSetCreationDate: '20240702',
        payers: samples.map(({ reporter = 'AY', claims }) => ({
          entityIdentifierCode: reporter,
          organizationName: reporter === 'AY' ? 'STEDI INC' : 'SYNTHETIC PAYER',
          claimStatusTransactions: [batchNode(claims)],
        })),
      },
    ],
  };
}
