export interface CuracelSample {
  id: number;
  pileId: number;
  ref: string | null;
  vettedAt: string;
  approvalStatus: number | string | null;
  billed: number;
  approved: number;
}

const DEFAULTS: CuracelSample = {
  id: 90210,
  pileId: 77,
  ref: 'EMR/2022/000123',
  vettedAt: '2022-02-16T16:17:32.000000Z',
  approvalStatus: 1,
  billed: 20000,
  approved: 15000.5,
};

const item = ({ billed, approved }: CuracelSample) => ({
  ref: null,
  description: 'Consultation',
  unit_price_billed: billed,
  unit_price_approved: approved,
  qty_billed: 1,
  qty_approved: 1,
  sub_total_billed: billed,
  sub_total_approved: approved,
  comments: [],
});

const claim = (sample: CuracelSample) => ({
  id: sample.id,
  pile_id: sample.pileId,
  ref: sample.ref,
  encounter_date: '2022-02-10T00:00:00.000000Z',
  approved_amount: sample.approved,
  approval_status: sample.approvalStatus,
  vetted_at: sample.vettedAt,
  diagnoses: [{ name: 'Malaria', icd_code: 'B54' }],
});

/** Body of `claim.vetted`: it states no billed amount. */
export function curacelVetted(overrides: Partial<CuracelSample> = {}) {
  const sample = { ...DEFAULTS, ...overrides };
  return {
    event: 'claim.vetted',
    data: {
      ...claim(sample),
      provider: { id: 12, name: 'Lagoon Clinic' },
      enrollee: {
        id: 555,
        insurance_no: 'HMO-0001',
        first_name: 'Ada',
        last_name: 'Obi',
        status: 'active',
        type: 'principal',
      },
      status: 'vetted',
      items: [{ ...item(sample), status: sample.approvalStatus }],
    },
  };
}

/** Body of `claim.pile.vetting_done`, which is sent once for every claim of the pile. */
export function curacelPileDone(overrides: Partial<CuracelSample> = {}) {
  const sample = { ...DEFAULTS, ...overrides };
  return {
    event: 'claim.pile.vetting_done',
    data: {
      ...claim(sample),
      provider: { id: 12, name: 'Lagoon Clinic', code: 'LGC01' },
      enrollee_id: 555,
      billed_amount: sample.billed,
      items: [{ ...item(sample), approval_status: sample.approvalStatus }],
    },
  };
}
