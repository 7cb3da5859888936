import { describeFields, type DescribedObject, type KnownFields } from '@claimwire/provider-kit';

/** What `explodeReport` puts around a claim. */
const PART: DescribedObject = [
  '',
  'kind transactionId processedAt mode partnership account patientControlNumber path report claim',
];
const MODES = ['production', 'test', 'other', 'unknown'];

const STATUS_CATEGORIES = `A0 A1 A2 A3 A4 A5 A6 A7 A8 DR01 DR02 DR03 DR04 DR05 DR06 DR07 DR08 P0 P1 P2 P3 P4 P5
  F0 F1 F2 F3 F3F F3N F4 R0 R1 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R15 R16 R17 E0 E1 E2 E3 E4 D0`.split(/\s+/);
const STATUS = `healthCareClaimStatusCategoryCode healthCareClaimStatusCategoryCodeValue statusCode statusCodeValue
  entityIdentifierCode entityIdentifierCodeValue nationalCouncilForPrescriptionDrugProgramsRejectPaymentCodes`;

const CLAIM_STATUSES = 'claim.claimStatus.informationClaimStatuses[]';
const LINE_STATUSES = 'claim.serviceLines[].serviceClaimStatuses[].serviceStatuses[]';

/** One claim's part of a 277CA, as Stedi's API reference describes the report (see the README). */
export const ACKNOWLEDGMENT_FIELDS: KnownFields = describeFields(
  [
    PART,
    ['report', 'controlNumber transactionSetCreationDate payer claimTransactionBatchNumber'],
    ['report.payer', 'entityIdentifierCode organizationName payerIdentification'],
    [
      'claim.claimStatus',
      `billTypeIdentifier claimServiceBeginDate claimServiceDate claimServiceEndDate clearinghouseTraceNumber
       patientAccountNumber pharmacyPrescriptionNumber referencedTransactionTraceNumber tradingPartnerClaimNumber
       voucherIdentifier`,
    ],
    [
      CLAIM_STATUSES,
      `adjudicatedFinalizedDate claimPaymentAmount remittanceDate remittanceTraceNumber statusInformationActionCode
       statusInformationActionCodeValue statusInformationEffectiveDate statusMessage totalClaimChargeAmount`,
    ],
    [`${CLAIM_STATUSES}.informationStatuses[]`, STATUS],
    ['claim.serviceLines[]', 'beginServiceLineDate endServiceLineDate lineItemControlNumber serviceLineDate'],
    [
      'claim.serviceLines[].service',
      `amountPaid chargeAmount procedureCode procedureModifiers revenueCode serviceIdQualifierCode
       serviceIdQualifierCodeValue submittedUnits`,
    ],
    ['claim.serviceLines[].serviceClaimStatuses[]', 'effectiveDate'],
    [LINE_STATUSES, STATUS],
  ],
  {
    mode: MODES,
    'report.payer.entityIdentifierCode': ['AY', 'PR'],
    [`${CLAIM_STATUSES}.statusInformationActionCode`]: ['U', 'WQ'],
    [`${CLAIM_STATUSES}.informationStatuses[].healthCareClaimStatusCategoryCode`]: STATUS_CATEGORIES,
    'claim.serviceLines[].service.serviceIdQualifierCode': ['AD', 'ER', 'HC', 'HP', 'IV', 'NU', 'WK'],
    [`${LINE_STATUSES}.healthCareClaimStatusCategoryCode`]: STATUS_CATEGORIES,
  },
);

const numbered = (name: string): string => [1, 2, 3, 4, 5, 6].map((number) => `${name}${number}`).join(' ');
const ADJUSTMENT = `claimAdjustmentGroupCode claimAdjustmentGroupCodeValue ${numbered('adjustmentAmount')}
  ${numbered('adjustmentQuantity')} ${numbered('adjustmentReason')} ${numbered('adjustmentReasonCode')}`;
const GROUPS = ['CO', 'OA', 'PI', 'PR'];
/** AMT and QTY segments of payers' programmes: five numbered members, on claims and on lines. */
const MANDATES = numbered('federalMedicareOrMedicaidPaymentMandateCategory');
const RENDERING_NUMBERS = `blueCrossProviderNumber blueShieldProviderNumber champusIdentificationNumber facilityIdNumber
  federalTaxpayerIdentificationNumber medicaidProviderNumber medicareProviderNumber
  nationalCouncilForPrescriptionDrugProgramPharmacyNumber npi providerCommercialNumber providerUPINNumber ssn
  stateLicenseNumber`;

/** One claim payment of an 835, as Stedi's API reference describes the report (see the README). */
export const REMITTANCE_FIELDS: KnownFields = describeFields(
  [
    PART,
    ['report', 'controlNumber productionDate'],
    [
      'report.financialInformation',
      `checkIssueOrEFTEffectiveDate creditOrDebitFlagCode originatingCompanySupplementalCode payerIdentifier
       paymentFormatCode paymentMethodCode totalActualProviderPaymentAmount transactionHandlingCode`,
    ],
    [
      'report.financialInformation.receiverAccountDetails',
      'receiverAccountNumber receiverAccountNumberQualifier receiverDfiIdNumberQualifier receiverDfiIdentificationNumber',
    ],
    [
      'report.financialInformation.senderAccountDetails',
      'senderAccountNumber senderAccountNumberQualifier senderDFIIdentifier senderDfiIdNumberQualifier',
    ],
    [
      'report.paymentAndRemitReassociationDetails',
      'checkOrEFTTraceNumber originatingCompanyIdentifier originatingCompanySupplementalCode traceTypeCode',
    ],
    ['report.payer', 'name payerIdentificationNumber centersForMedicareAndMedicaidServicesPlanId'],
    [
      'claim.claimPaymentInfo',
      `claimFilingIndicatorCode claimFrequencyCode claimPaymentAmount claimStatusCode diagnosisRelatedGroupDRGCode
       diagnosisRelatedGroupDRGWeight dischargeFraction facilityTypeCode patientControlNumber patientResponsibilityAmount
       payerClaimControlNumber totalClaimChargeAmount`,
    ],
    ['claim.claimAdjustments[]', ADJUSTMENT],
    [
      'claim.claimSupplementalInformation',
      `coverageAmount discountAmount interest negativeLedgerBalance patientAmountPaid perDayLimit tax
       totalClaimBeforeTaxes ${MANDATES}`,
    ],
    ['claim.serviceLines[]', 'lineItemControlNumber serviceDate serviceStartDate serviceEndDate'],
    [
      'claim.serviceLines[].servicePaymentInformation',
      `adjudicatedProcedureCode adjudicatedProcedureModifierCodes lineItemChargeAmount lineItemProviderPaymentAmount
       nationalUniformBillingCommitteeRevenueCode originalUnitsOfServiceCount productOrServiceIDQualifier
       productOrServiceIDQualifierValue submittedAdjudicatedProcedureCode submittedAdjudicatedProcedureModifierCodes
       submittedProcedureCodeDescription submittedProductOrServiceIDQualifier submittedProductOrServiceIDQualifierValue
       unitsOfServicePaidCount`,
    ],
    ['claim.serviceLines[].serviceAdjustments[]', ADJUSTMENT],
    [
      'claim.serviceLines[].healthCareCheckRemarkCodes[]',
      'codeListQualifierCode codeListQualifierCodeValue remark remarkCode',
    ],
    ['claim.serviceLines[].healthCarePolicyIdentification[]', 'policyFormIdentifyingNumber'],
    ['claim.serviceLines[].renderingProviderInformation', RENDERING_NUMBERS],
    [
      'claim.serviceLines[].serviceIdentification',
      `ambulatoryPatientGroupNumber ambulatoryPaymentClassification attachmentCode authorizationNumber locationNumber
       preDeterminationOfBenefitsIdentificationNumber priorAuthorizationNumber rateCodeNumber`,
    ],
    [
      'claim.serviceLines[].serviceSupplementalAmounts',
      `allowedActual deductionAmount tax totalClaimBeforeTaxes ${MANDATES}`,
    ],
    ['claim.serviceLines[].serviceSupplementalQuantities', MANDATES],
  ],
  {
    mode: MODES,
    'report.financialInformation.paymentMethodCode': ['ACH', 'BOP', 'CHK', 'FWT', 'NON'],
    'claim.claimPaymentInfo.claimStatusCode': ['1', '2', '3', '4', '19', '20', '21', '22', '23', '25'],
    'claim.claimAdjustments[].claimAdjustmentGroupCode': GROUPS,
    'claim.serviceLines[].serviceAdjustments[].claimAdjustmentGroupCode': GROUPS,
  },
);
