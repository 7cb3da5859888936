import type { ClaimEvent } from '@claimwire/contracts';
import type { ReceivedDelivery } from './demo-receiver.js';
import type { SentWebhook } from './send-webhook.js';

const clock = (at: Date): string => at.toISOString().slice(11, 23);
const happened = (event: ClaimEvent): string => event.occurredAt.slice(11, 16);

/** What the fold made of one event, in a sentence. */
export function tellEvent(event: ClaimEvent): string {
  const { version, cause, status, late, attempt, previousStatus } = event;
  if (late) {
    return `version ${version}, late: "${cause.status}" happened at ${happened(event)}, before what we knew; the claim stays "${status}"`;
  }
  if (event.type !== 'claim.status_changed')
    return `version ${version}: nothing new about the status, still "${status}"`;
  const from = previousStatus ? ` after "${previousStatus}"` : '';
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return `version ${version}: the claim is "${status}"${from}${again}`;
}

/** Tells one claim's webhooks and deliveries as they happen, a line each. */
export class Storyteller {
  constructor(
    private readonly claimKey: string,
    private readonly log: (line: string) => void,
  ) {}

  sent(told: string, { status, milliseconds }: SentWebhook): void {
    this.log(`  ${clock(new Date())}  CAIR → hub      ${told}: ${status} in ${milliseconds} ms`);
  }

  received({ event, verified, receivedAt }: ReceivedDelivery): void {
    if (event.claimKey !== this.claimKey) return;
    const signature = verified ? 'signature verified' : 'SIGNATURE WRONG';
    this.log(`  ${clock(receivedAt)}  hub → practice  ${tellEvent(event)} (${signature})`);
  }
}
