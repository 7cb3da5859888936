import type { ClaimEvent } from '@claimwire/contracts';
import { type ReceivedRequest, WebhookReceiver } from '@claimwire/testkit';
import { Webhook } from 'standardwebhooks';

export interface Delivery {
  event: ClaimEvent;
  webhookId: string;
  /** By the public `standardwebhooks` library, as a receiver in the field would check it. */
  verified: boolean;
}

/** A practice-management system that answers 204 and keeps what it got. */
export class DeliveryReceiver {
  private secret = '';

  private constructor(private readonly receiver: WebhookReceiver) {}

  static async start(): Promise<DeliveryReceiver> {
    return new DeliveryReceiver(await WebhookReceiver.start());
  }

  get url(): string {
    return `${this.receiver.url}/claims`;
  }

  get deliveries(): Delivery[] {
    return this.receiver.requests.map((request) => ({
      event: JSON.parse(request.body) as ClaimEvent,
      webhookId: request.headers['webhook-id'] ?? '',
      verified: this.verifies(request),
    }));
  }

  /** Signatures are checked against this secret. */
  trust(secret: string): void {
    this.secret = secret;
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }

  private verifies({ body, headers }: ReceivedRequest): boolean {
    try {
      new Webhook(this.secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  }
}
