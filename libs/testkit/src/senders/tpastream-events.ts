export interface TpaClaimSample {
  id: number;
  status: string | null;
  lastUpdatedStatus: string | null;
  modifiedDate: string | null;
  billed: number | null;
  allowed: number | null;
  paid: number | null;
  patientResponsibility: number | null;
}

const DEFAULTS: TpaClaimSample = {
  id: 10004,
  status: 'Partially Approved',
  lastUpdatedStatus: '2020-02-11T13:56:45.249767+00:00',
  modifiedDate: '2017-06-01T04:14:29.348875+00:00',
  billed: 228,
  allowed: null,
  paid: null,
  patientResponsibility: 0,
};

/** Body of the claim webhook, with the personal data that the real one carries. */
export function tpaClaim(overrides: Partial<TpaClaimSample> = {}) {
  const sample = { ...DEFAULTS, ...overrides };
  return {
    data: {
      id: sample.id,
      claim_medical_id: sample.id,
      vendor_system_id: `vendor-${sample.id}`,
      status: sample.status,
      amount_billed: sample.billed,
      amount_allowed: sample.allowed,
      amount_paid: sample.paid,
      patient_responsibility: sample.patientResponsibility,
      last_updated_status: sample.lastUpdatedStatus,
      modifieddate: sample.modifiedDate,
      createddate: '2016-03-17T07:11:30.580677+00:00',
      eob_date: '2017-07-01T16:51:16.701956',
      date_of_service: { bounds: '[]', start: '2020-01-28', end: '2020-01-28' },
      check_number: '8858906',
      check_date: '2020-01-24T23:49:50+00:00',
      patient_name: 'Abram',
      policy_holder_id: 104,
      policy_holder: { id: 104, first_name: 'Parrish', last_name: 'Appleseed' },
      members: [{ id: 99999999, email: 'johnny@example.com', first_name: 'Johnny', last_name: 'Appleseed' }],
      dependents: [
        {
          id: 999,
          member_id: 9999,
          first_name: 'Sally',
          last_name: 'Appleseed',
          ssn: '999999999',
          relationship: 'spouse',
        },
      ],
      claim_medical_lines: [
        {
          claim_medical_line_id: sample.id,
          procedure_code: '87254 - VIRUS INOCULATION SHELL VIA',
          amount_billed: sample.billed,
          amount_paid: sample.paid,
          date_of_service: { bounds: '[)', start: '2020-01-16', end: '2020-01-17' },
        },
      ],
    },
  };
}

export interface TpaCrawlSample {
  policyHolderId: number;
  success: boolean;
  /** Absent in a replay: it means "unknown". */
  claimIds?: number[];
}

/** Body of the first crawl completion webhook. */
export function tpaCrawl(overrides: Partial<TpaCrawlSample> = {}) {
  const { policyHolderId = 189162, success = true, claimIds } = overrides;
  return {
    data: {
      ...(claimIds ? { crawl_claim_ids: claimIds } : {}),
      members: [{ id: 63167 }],
      policy_holder: {
        id: policyHolderId,
        login_correction_message: success ? null : 'Please re-enter your login information.',
        login_problem: success ? 'valid' : 'invalid',
      },
      success,
    },
  };
}
