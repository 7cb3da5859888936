import { randomUUID } from 'node:crypto';
import { type ProviderName, webhookBytes } from '@claimwire/testkit/senders';
import type { ContentOptions, SendOptions } from './cli-options.js';
import type { EventKind } from './events/index.js';
import { seededRandom, shuffled } from './seeded-random.js';

/** One request to be made; a duplicate is the same object a second time. */
export interface PlannedWebhook {
  /** Key in the connection's `urls`. */
  route: string;
  body: Buffer;
  /** Standard Webhooks: a webhook that is sent again keeps it. */
  webhookId: string;
}

export interface Plan {
  /** In the order of sending. */
  webhooks: PlannedWebhook[];
  /** Ids of the claims they are about, where they were made here. */
  claims: string[];
  duplicates: number;
}

const SECOND_MS = 1_000;

export const planned = (route: string, body: Buffer): PlannedWebhook => ({
  route,
  body,
  webhookId: `msg_${randomUUID()}`,
});

/** Statuses in turn, a round of them for each claim, a second apart and the last one at `at`. */
function makeWebhooks(
  provider: ProviderName,
  event: EventKind,
  content: Extract<ContentOptions, { kind: 'made' }>,
): Pick<Plan, 'webhooks' | 'claims'> {
  const { statuses, at } = content;
  const count = content.count ?? statuses.length;
  const rounds = Math.ceil(count / statuses.length);
  const claims = content.claim === null ? Array.from({ length: rounds }, event.newClaim) : [content.claim];
  const webhooks = Array.from({ length: count }, (_, index) => {
    const body = event.body({
      claim: claims[Math.floor(index / statuses.length) % claims.length]!,
      status: statuses[index % statuses.length]!,
      at: new Date(at.getTime() - (count - 1 - index) * SECOND_MS),
    });
    return planned(event.route, webhookBytes(provider, body));
  });
  return { webhooks, claims };
}

/** Contents of the files that the options name. */
export interface PlanInput {
  body?: Buffer;
  replay?: PlannedWebhook[];
}

function contentOf({ provider, event, content }: SendOptions, { body, replay = [] }: PlanInput) {
  switch (content.kind) {
    case 'made':
      return makeWebhooks(provider, event, content);
    case 'body': {
      const webhook = planned(event.route, body ?? Buffer.alloc(0));
      return { webhooks: Array.from({ length: content.count }, () => webhook), claims: [] };
    }
    case 'replay':
      return { webhooks: replay, claims: [] };
  }
}

/** The webhooks in the order of sending: the same for the same seed. A duplicate follows its original unless shuffled. */
export function buildPlan(options: SendOptions, input: PlanInput = {}): Plan {
  const { webhooks, claims } = contentOf(options, input);
  const random = seededRandom(options.seed);
  const duplicates = Math.round((webhooks.length * options.duplicatePercent) / 100);
  const twice = new Set(shuffled([...webhooks.keys()], random).slice(0, duplicates));
  const all = webhooks.flatMap((webhook, index) => (twice.has(index) ? [webhook, webhook] : [webhook]));
  return { webhooks: options.shuffle ? shuffled(all, random) : all, claims, duplicates };
}
