/**
 * SQL: `other` is a live delivery that waits and has webhook and claim of `one`. Written so that only index
 * `deliveries_of_claim` serves it: statistics know nothing of a burst, and by webhook alone the planner would
 * read all that waits of it for each look.
 */
export const waitsOfClaim = (other: string, one: string): string =>
  `${other}.webhook_id || ' ' || ${other}.claim_key = ${one}.webhook_id || ' ' || ${one}.claim_key
    and coalesce(${other}.state = 'pending', false) and ${other}.replay_id = ''`;
