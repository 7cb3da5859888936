import { signedRequest } from '@claimwire/testkit';
import type { DemoConnection } from './demo-state.js';
import type { ScenarioStep } from './scenario.js';

export interface SentWebhook {
  status: number;
  milliseconds: number;
}

/** Signs and posts one webhook as its provider does. */
export async function sendWebhook(step: ScenarioStep, connection: DemoConnection): Promise<SentWebhook> {
  const { provider, route, body } = step;
  const request = signedRequest(provider, connection.auth, body, { route });
  const url = connection.urls[request.route];
  if (!url) throw new Error(`the ${provider} connection has no address for "${request.route}"`);
  const started = performance.now();
  const response = await fetch(url, {
    method: request.method,
    headers: request.headers,
    body: new Uint8Array(request.body),
  });
  await response.arrayBuffer();
  return { status: response.status, milliseconds: Math.round(performance.now() - started) };
}
