import { Injectable } from '@nestjs/common';
import { decodeHeaders } from '@claimwire/contracts';
import type { BatchMessage } from '@claimwire/kafka';
import type { QuarantineItem } from '@claimwire/postgres/schema';
import { NO_TENANT } from '../auth/caller.js';
import { Problem } from '../http/problem.js';
import { RawMessages } from '../raw-messages.js';

/** The messages that items of the quarantine index. */
@Injectable()
export class QuarantinedBytes {
  constructor(private readonly raw: RawMessages) {}

  /** @throws Problem 410 when the topic no longer holds it, 503 when Kafka does not answer */
  async read(item: QuarantineItem): Promise<BatchMessage> {
    const [message] = await this.readAll([item]);
    if (!message) throw new Problem(410, "The message is no longer on its topic: the topic's retention removed it.");
    return message;
  }

  /** @returns in the order of `items`, null for what is gone. @throws Problem 503 */
  async readAll(items: readonly QuarantineItem[]): Promise<(BatchMessage | null)[]> {
    const found = new Map<QuarantineItem, BatchMessage>();
    for (const [topic, of] of Map.groupBy(items, (item) => item.topic)) {
      const messages = await this.raw.readAll(topic, of);
      of.forEach((item, index) => {
        const message = messages[index];
        if (message && isOf(item, message)) found.set(item, message);
      });
    }
    return items.map((item) => found.get(item) ?? null);
  }
}

/** A topic that was deleted and made anew holds something else at this place, perhaps another tenant's. */
function isOf({ tenantId, ceId }: QuarantineItem, message: BatchMessage): boolean {
  try {
    const { tenant, id } = decodeHeaders(message.headers);
    return tenant === tenantId && id === ceId;
  } catch {
    return tenantId === NO_TENANT;
  }
}
