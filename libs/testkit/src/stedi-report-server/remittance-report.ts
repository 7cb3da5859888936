export interface RemittedAdjustment {
  group: string;
  code: string;
  amount: string;
}

export interface RemittedClaim {
  patientControlNumber: string;
  /** CLP02. */
  claimStatusCode: string;
  charge: string;
  paid: string;
  patientResponsibility?: string;
  payerClaimNumber?: string;
  adjustments?: RemittedAdjustment[];
}

export interface RemittanceSample {
  payer?: string;
  trace: string;
  /** YYYYMMDD */
  productionDate?: string;
  claims: RemittedClaim[];
}

const adjustmentNode = ({ group, code, amount }: RemittedAdjustment) => ({
  claimAdjustmentGroupCode: group,
  adjustmentReasonCode1: code,
  adjustmentAmount1: amount,
});

const paymentNode = (claim: RemittedClaim) => ({
  claimPaymentInfo: {
    patientControlNumber: claim.patientControlNumber,
    payerClaimControlNumber: claim.payerClaimNumber ?? `P${claim.patientControlNumber}`,
    claimStatusCode: claim.claimStatusCode,
    claimFrequencyCode: '1',
    totalClaimChargeAmount: claim.charge,
    claimPaymentAmount: claim.paid,
    patientResponsibilityAmount: claim.patientResponsibility ?? '0',
  },
  patientName: { firstName: 'JANE', lastName: 'ANON' },
  claimAdjustments: (claim.adjustments ?? []).map(adjustmentNode),
  serviceLines: [
    {
      lineItemControlNumber: '1',
      serviceDate: '20240301',
      servicePaymentInformation: {
        adjudicatedProcedureCode: '90837',
        lineItemChargeAmount: claim.charge,
        lineItemProviderPaymentAmount: claim.paid,
      },
      serviceAdjustments: [],
    },
  ],
});

/** An 835 report as `GET …/835` answers it: each sample is a transaction, its claims spread over two detail nodes. */
export function buildRemittanceReport(samples: RemittanceSample[], transactionId = ''): object {
  return {
    meta: { transactionId },
    transactions: samples.map(({ payer = 'SYNTHETIC PAYER', trace, productionDate = '20240315', claims }) => {
      const middle = Math.ceil(claims.length / 2);
      return {
        controlNumber: '0001',
        productionDate,
        financialInformation: {
          checkIssueOrEFTEffectiveDate: productionDate,
          paymentMethodCode: 'ACH',
          payerIdentifier: '1351840597',
        },
        paymentAndRemitReassociationDetails: { checkOrEFTTraceNumber: trace },
        payer: { name: payer, payerIdentificationNumber: '1351840597' },
        payee: { name: 'THERAPY ASSOCIATES', npi: '1235600834' },
        detailInfo: [claims.slice(0, middle), claims.slice(middle)]
          .filter((part) => part.length > 0)
          .map((part, index) => ({ assignedNumber: String(index + 1), paymentInfo: part.map(paymentNode) })),
      };
    }),
  };
}
