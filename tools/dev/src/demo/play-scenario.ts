import { setTimeout as sleep } from 'node:timers/promises';
import { formatClaimKey } from '@claimwire/contracts';
import type { StediReportServer } from '@claimwire/testkit';
import type { DemoReceiver } from './demo-receiver.js';
import type { DemoState } from './demo-state.js';
import { buildScenario } from './scenario.js';
import { sendWebhook } from './send-webhook.js';
import { Storyteller } from './storyteller.js';

const PLAY_TIMEOUT_MS = 30_000;
/** Without a delivery for this long, the scenario has come to rest. */
const QUIET_MS = 1_500;
const STEP_PAUSE_MS = 150;

export interface PlayInput {
  log: (line: string) => void;
  state: DemoState;
  receiver: DemoReceiver;
  reports: StediReportServer;
}

/** Sends the scenario's webhooks, tells one claim as it happens, and says in the end what came of all of them. */
export async function playScenario({ log, state, receiver, reports }: PlayInput): Promise<void> {
  const { toldClaimId, steps, duplicates } = buildScenario(reports);
  const claimKey = formatClaimKey({ tenant: state.tenant, provider: 'cair', claimId: toldClaimId });
  const story = new Storyteller(claimKey, log);
  const seen = { deliveries: 0, wrongSignatures: 0, lastAt: Date.now() };
  const stopListening = receiver.onDelivery((delivery) => {
    seen.deliveries += 1;
    seen.lastAt = Date.now();
    if (!delivery.verified) seen.wrongSignatures += 1;
    story.received(delivery);
  });
  log(
    `\nFour providers send ${steps.length} webhooks, shuffled, ${duplicates} of them twice. One claim's story (${claimKey}):`,
  );
  const refused: number[] = [];
  for (const step of steps) {
    const connection = state.connections[step.provider];
    if (!connection) continue;
    const sent = await sendWebhook(step, connection);
    if (sent.status !== 202) refused.push(sent.status);
    if (step.told) story.sent(step.told, sent);
    await sleep(STEP_PAUSE_MS);
  }
  await quiet(seen);
  stopListening();
  const accepted = steps.length - refused.length;
  log(
    `  ${accepted} of ${steps.length} webhooks were answered 202; ${seen.deliveries} deliveries came, ` +
      `${seen.wrongSignatures === 0 ? 'every signature verified' : `${seen.wrongSignatures} with a wrong signature`}.`,
  );
}

/** Until no delivery has come for a while. */
async function quiet(seen: { lastAt: number }): Promise<void> {
  const deadline = Date.now() + PLAY_TIMEOUT_MS;
  while (Date.now() < deadline && Date.now() - seen.lastAt < QUIET_MS) await sleep(100);
}
