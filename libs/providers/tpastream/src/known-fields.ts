import { describeFields, type KnownFields } from '@claimwire/provider-kit';
import { CLAIM_EVENT_TYPE } from './claim.js';
import { FIRST_CRAWL_EVENT_TYPE } from './first-crawl.js';

const RANGE = 'bounds start end';

/** The documented sample and their documented statuses, see the README. */
const CLAIM = describeFields(
  [
    [
      'data',
      `id claim_medical_id dataobject_id vendor_system_id type status is_incomplete remarks network
       last_updated_status modifieddate createddate processed_on eob_date date_column
       group_name group_number incurred_value tpafiles claim_requests check_number check_date
       amount_billed amount_allowed amount_paid amount_paid_other amount_not_covered patient_responsibility
       copayment coinsurance_patient discount reduction
       computed_amount_billed computed_amount_allowed computed_amount_paid computed_patient_responsibility
       computed_copayment computed_coinsurance_patient computed_reduction
       patient_name patient_account_number patient_payer_number policy_holder_id
       service_provider service_provider_address service_provider_number service_provider_npi_number
       service_provider_billing_name service_provider_billing_address service_provider_billing_phone
       service_provider_billing_number service_provider_billing_npi_number`,
    ],
    ['data.date_of_service', RANGE],
    ['data.policy_holder', 'id first_name last_name'],
    ['data.members[]', 'id email first_name last_name'],
    ['data.members[].employer', 'id name'],
    ['data.dependents[]', 'id member_id email first_name last_name relationship ssn createddate modifieddate'],
    [
      'data.claim_medical_lines[]',
      `claim_medical_line_id vendor_system_id procedure_code procedure_name diagnosis_code national_drug_code
       quantity days_supply prescription_type_id prescription_type_str
       amount_billed amount_allowed amount_paid amount_paid_other amount_not_covered patient_responsibility
       copayment coinsurance_patient discount reduction`,
    ],
    ['data.claim_medical_lines[].date_of_service', RANGE],
  ],
  { 'data.status': ['In Process', 'Processed', 'Rejected', 'Adjusted', 'Partially Approved'] },
);

/** `login_problem` has no documented list of words. */
const FIRST_CRAWL = describeFields([
  ['data', 'success crawl_claim_ids'],
  ['data.members[]', 'id'],
  ['data.policy_holder', 'id login_problem login_correction_message'],
]);

const BY_TYPE = new Map<string, KnownFields>([
  [CLAIM_EVENT_TYPE, CLAIM],
  [FIRST_CRAWL_EVENT_TYPE, FIRST_CRAWL],
]);

export const knownFields = (eventType: string): KnownFields | undefined => BY_TYPE.get(eventType);
