import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { StediReportServer } from '@claimwire/testkit';
import { ApiClient } from './api-client.js';
import { curlLines } from './curl-lines.js';
import { DemoReceiver } from './demo-receiver.js';
import { type DemoConnection, type DemoState, readDemoState, writeDemoState } from './demo-state.js';
import { playScenario } from './play-scenario.js';
import { createDemo, demoExists } from './setup-demo.js';

export interface DemoContext {
  apiUrl: string;
  adminKey: string;
  /** Folder for what must survive a restart. */
  varDir: string;
  log: (line: string) => void;
}

/** The `demo` part of `var/dev.json`. */
export interface DemoInfo {
  tenant: string;
  apiKey: string;
  connections: Record<string, DemoConnection>;
  webhook: { id: string };
  receiver: { url: string };
}

export interface Demo {
  info: DemoInfo;
  /** Plays the scenario and tells it; resolves when every webhook has been answered and delivered, or after 30 s. */
  play(): Promise<void>;
  printCurlLines(): void;
  stop(): Promise<void>;
}

/** Starts the demo's receiver and report server, and creates, or finds again, its tenant, connections and webhook. */
export async function startDemo(context: DemoContext): Promise<Demo> {
  const stateFile = join(context.varDir, 'demo.json');
  const earlier = await readDemoState(stateFile);
  const receiver = new DemoReceiver();
  const receiverUrl = await receiver.start(earlier?.receiverPort ?? 0);
  const reportApiKey = earlier?.reportApiKey ?? randomBytes(16).toString('hex');
  const reports = await startReportServer(reportApiKey, earlier?.reportServerPort ?? 0);
  const addresses = { apiUrl: context.apiUrl, receiverUrl, reportServerUrl: reports.url };
  const ports = { receiverPort: portOf(receiverUrl), reportServerPort: portOf(reports.url) };
  const state = await findOrCreate(context, earlier, { ...addresses, reportApiKey, ...ports });
  await writeDemoState(stateFile, state);
  receiver.trust(state.webhook.secret);
  return {
    info: {
      tenant: state.tenant,
      apiKey: state.apiKey,
      connections: state.connections,
      webhook: { id: state.webhook.id },
      receiver: { url: receiverUrl },
    },
    play: () => playScenario({ log: context.log, state, receiver, reports }),
    printCurlLines() {
      for (const { what, command } of curlLines({ apiUrl: context.apiUrl, receiverUrl, demo: state })) {
        context.log(`\n# ${what}\n${command}`);
      }
    },
    async stop() {
      await Promise.all([receiver.stop(), reports.stop()]);
    },
  };
}

const portOf = (url: string): number => Number(new URL(url).port);

/** With samples, so that `npm run send -- stedi` can announce a transaction that nobody has put here. */
const startReportServer = (apiKey: string, port: number): Promise<StediReportServer> =>
  StediReportServer.start({ apiKey, port, samples: true }).catch(() =>
    StediReportServer.start({ apiKey, samples: true }),
  );

interface FindInput {
  apiUrl: string;
  receiverUrl: string;
  reportServerUrl: string;
  reportApiKey: string;
  receiverPort: number;
  reportServerPort: number;
}

async function findOrCreate(
  context: DemoContext,
  earlier: DemoState | undefined,
  input: FindInput,
): Promise<DemoState> {
  const { receiverPort, reportServerPort, reportApiKey } = input;
  if (!earlier || !(await demoExists(context.apiUrl, earlier))) {
    const made = await createDemo({ ...input, adminKey: context.adminKey });
    return { ...made, receiverPort, reportServerPort, reportApiKey };
  }
  const state = { ...earlier, receiverPort, reportServerPort };
  if (earlier.receiverPort === receiverPort && earlier.reportServerPort === reportServerPort) return state;
  return { ...state, webhook: await moveDemo(context.apiUrl, earlier, input) };
}

/**
 * Another program took a port of the earlier start: what points there is pointed here, with its secrets stated anew.
 * @returns the webhook with its new signing secret
 */
async function moveDemo(apiUrl: string, earlier: DemoState, input: FindInput): Promise<DemoState['webhook']> {
  const api = new ApiClient(apiUrl, earlier.apiKey);
  const { signing } = await api.patch<{ signing: { secret: string } }>(`/webhooks/${earlier.webhook.id}`, {
    url: input.receiverUrl,
    credentialSetId: earlier.credentialSetId,
    signing: { type: 'standard_webhooks' },
  });
  const reports = { baseUrl: input.reportServerUrl, coreBaseUrl: input.reportServerUrl, apiKey: input.reportApiKey };
  const { stedi } = earlier.connections;
  if (stedi) await api.patch(`/connections/${stedi.id}`, { settings: { reports } });
  return { id: earlier.webhook.id, secret: signing.secret };
}
