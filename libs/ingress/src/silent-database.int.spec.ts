import { rawTopic } from '@claimwire/contracts';
import { cair } from '@claimwire/provider-cair';
import type { RunningService } from '@claimwire/service-host';
import { asDatabaseRole, cairStatusChange, TcpProxy } from '@claimwire/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connected, IngressHarness } from '../test/ingress-harness.js';

const auth = { type: 'api_secret', header: 'X-Key', secret: 'right' };
/** Nobody listens there. */
const NO_KAFKA = { KAFKA_BROKERS: '127.0.0.1:1', PUBLISH_DEADLINE_MS: '300' };

let harness: IngressHarness;
let proxy: TcpProxy;
beforeAll(async () => {
  harness = await IngressHarness.start();
  proxy = await TcpProxy.start(Number(new URL(harness.database.url).port));
});
afterAll(async () => {
  await harness.stop();
  await proxy.stop();
});

it('gives up database connections that fall silent: it drains the spool, finds new connections, and can be stopped', async () => {
  const url = new URL(harness.database.url);
  url.port = String(proxy.port);
  const service = await harness.ingress(cair, undefined, { DATABASE_URL: asDatabaseRole(url.href, 'ingress') });
  const status = async (target: RunningService, to: Connected): Promise<number> =>
    (await harness.send(target, cair, to, cairStatusChange())).response.status;
  const to = await harness.connect(cair, auth);
  expect(await status(service, to)).toBe(202);

  proxy.forget();
  const cutOff = await harness.ingress(cair, undefined, NO_KAFKA);
  const { answer } = await harness.send(cutOff, cair, to, cairStatusChange());
  await cutOff.stop();
  await expect.poll(() => harness.find(rawTopic('cair'), answer.id)).toHaveLength(1);
  const later = await harness.connect(cair, auth);
  await expect.poll(() => status(service, later)).toBe(202);

  proxy.forget();
  await service.stop();
});
