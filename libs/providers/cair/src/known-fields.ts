import { describeFields } from '@claimwire/provider-kit';

const STATUSES = ['Submitted', 'Rejected', 'Failed_To_Submit'];

/** A CLAIM_STATUS_CHANGE as CAIR documents it, see the README; `statusCode277` is a code list of its own. */
export const CLAIM_STATUS_CHANGE_FIELDS = describeFields(
  [
    [
      '',
      `claimFhirId claimLifecycleId organizationId newStatus previousStatus timestamp submissionFailureErrors
       statusCode277`,
    ],
  ],
  { newStatus: STATUSES, previousStatus: STATUSES },
);
