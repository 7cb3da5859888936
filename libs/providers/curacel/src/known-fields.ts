import { describeFields, type KnownFields } from '@claimwire/provider-kit';

const APPROVALS = ['0', '1'];
const ITEM = `ref description unit_price_billed unit_price_approved qty_billed qty_approved sub_total_billed
  sub_total_approved comments`;

/** Both events as Curacel documents them, see the README. `data.status` is free text. */
const BY_TYPE = new Map<string, KnownFields>([
  [
    'curacel.claim.vetted',
    describeFields(
      [
        ['', 'event'],
        ['data', 'id pile_id ref encounter_date approved_amount vetted_at status approval_status'],
        ['data.provider', 'id name code'],
        ['data.enrollee', 'id insurance_no first_name last_name status type'],
        ['data.diagnoses[]', 'name icd_code'],
        ['data.items[]', `${ITEM} status`],
      ],
      { event: ['claim.vetted'], 'data.approval_status': APPROVALS, 'data.items[].status': APPROVALS },
    ),
  ],
  [
    'curacel.claim.pile.vetting_done',
    describeFields(
      [
        ['', 'event'],
        ['data', 'id pile_id ref encounter_date enrollee_id billed_amount approved_amount approval_status vetted_at'],
        ['data.provider', 'id name code'],
        ['data.diagnoses[]', 'name icd_code'],
        ['data.items[]', `${ITEM} approval_status`],
      ],
      {
        event: ['claim.pile.vetting_done'],
        'data.approval_status': APPROVALS,
        'data.items[].approval_status': APPROVALS,
      },
    ),
  ],
]);

export const knownFields = (eventType: string): KnownFields | undefined => BY_TYPE.get(eventType);
