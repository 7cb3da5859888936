/** How often a replica says that it is there, and after how long without it counts no more. */
export const BEAT_MS = 2_000;
const GONE_AFTER_MS = 3 * BEAT_MS + 500;

/** Payload of a beat: "+name", and of a farewell: "-name". */
export const beat = (replica: string): string => `+${replica}`;
export const farewell = (replica: string): string => `-${replica}`;

/**
 * Which replicas are there, by what they say of themselves over NOTIFY. Only decides how the work is divided; that no
 * webhook has two senders is the leases' job, so a wrong roll costs balance, never order.
 */
export class ReplicaRoll {
  private readonly seenAt = new Map<string, number>();

  constructor(private readonly self: string) {}

  hear(payload: string, now: number): void {
    const name = payload.slice(1);
    if (payload.startsWith('+') && name !== this.self) this.seenAt.set(name, now);
    if (payload.startsWith('-')) this.seenAt.delete(name);
  }

  /** This replica counted. */
  count(now: number): number {
    for (const [name, at] of this.seenAt) if (now - at > GONE_AFTER_MS) this.seenAt.delete(name);
    return this.seenAt.size + 1;
  }
}

/** How many webhooks one replica should hold: nobody more than one above anybody. */
export function fairShare(webhooks: number, replicas: number): number {
  return Math.ceil(webhooks / Math.max(1, replicas));
}
