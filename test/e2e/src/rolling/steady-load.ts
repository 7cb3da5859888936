import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cairStatusChange,
  curacelVetted,
  type ProviderName,
  sampleTransactionId,
  signedRequest,
  stediTransactionEvent,
  tpaClaim,
} from '@claimwire/testkit';
import type { Connection } from '../tenant.js';

/** One event of one claim. */
export interface Planned {
  /** As the API names it. */
  claimKey: string;
  body: object;
}

/** Makes the events of a tenant's claims, each later than all before it. */
export type Events = (claim: number, step: number) => Planned;

const at = (step: number): Date => new Date(Date.UTC(2025, 2, 11, 8, 0, step));
const turn = <T>(items: readonly T[], step: number): T => items[step % items.length] as T;

export const eventsOf = (tenant: string): Record<ProviderName, Events> => ({
  cair: (claim, step) => ({
    claimKey: `${tenant}/cair/roll-${claim}`,
    body: cairStatusChange({
      claimFhirId: `roll-${claim}`,
      newStatus: turn(['Submitted', 'Rejected'], step),
      timestamp: at(step).toISOString(),
    }),
  }),
  curacel: (claim, step) => ({
    claimKey: `${tenant}/curacel/${1_000 + claim}`,
    body: curacelVetted({
      id: 1_000 + claim,
      approvalStatus: turn([1, 2], step),
      vettedAt: at(step).toISOString().replace('Z', '000Z'),
    }),
  }),
  tpastream: (claim, step) => ({
    claimKey: `${tenant}/tpastream/${2_000 + claim}`,
    body: tpaClaim({
      id: 2_000 + claim,
      status: turn(['In Process', 'Rejected'], step),
      lastUpdatedStatus: at(step).toISOString().replace('Z', '000+00:00'),
    }),
  }),
  stedi: (claim, step) => {
    const id = { kind: '277' as const, status: turn(['A2', 'A7'], step), patientControlNumber: `ROLL${claim}` };
    const transactionId = sampleTransactionId({ ...id, processedAt: at(step) });
    const processedAt = at(step).toISOString();
    return {
      claimKey: `${tenant}/stedi/ROLL${claim}`,
      body: stediTransactionEvent({ transactionId, transactionSet: '277', processedAt }),
    };
  },
});

export interface LoadOptions {
  provider: ProviderName;
  connection: Connection;
  events: Events;
  /** Numbers of the claims that are this sender's alone. */
  claims: readonly number[];
  pauseMs: number;
  /** Whether it sends again what got no answer, as providers do; else that is a failure. */
  insists: boolean;
}

/** A sender that keeps its connection, sends an event, waits for its answer, pauses. */
export class SteadyLoad {
  /** By claim key, how many of its events were accepted. */
  readonly accepted = new Map<string, number>();
  /** What was answered otherwise, or not at all. */
  readonly failures: string[] = [];
  /** Requests that got no answer and were sent again. */
  resent = 0;
  /** Answers that ended their connection. */
  farewells = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private sending = true;
  private step = 0;
  private readonly ended: Promise<void>;

  constructor(private readonly options: LoadOptions) {
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.sending = false;
    await this.ended;
    this.agent.destroy();
  }

  private async run(): Promise<void> {
    const { events, claims, pauseMs } = this.options;
    while (this.sending) {
      await this.send(events(turn(claims, this.step), this.step));
      this.step += 1;
      await sleep(pauseMs);
    }
  }

  private async send({ claimKey, body }: Planned): Promise<void> {
    const { provider, connection, insists, pauseMs } = this.options;
    for (;;) {
      const { route, headers, body: bytes } = signedRequest(provider, connection.auth, body);
      try {
        const { status, farewell } = await this.post(connection.urls[route] as string, headers, bytes);
        if (farewell) this.farewells += 1;
        if (status === 202) this.accepted.set(claimKey, (this.accepted.get(claimKey) ?? 0) + 1);
        else this.failures.push(`${provider}: ${status}`);
        return;
      } catch (error) {
        if (!insists) return void this.failures.push(`${provider}: ${(error as NodeJS.ErrnoException).code}`);
        this.resent += 1;
        await sleep(pauseMs);
      }
    }
  }

  private post(url: string, headers: Record<string, string>, body: Buffer) {
    return new Promise<{ status: number | undefined; farewell: boolean }>((resolve, reject) => {
      const sent = request(url, { method: 'POST', headers, agent: this.agent }, (response) => {
        response.resume();
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode, farewell: response.headers.connection === 'close' }),
        );
      });
      sent.once('error', reject).end(body);
    });
  }
}
