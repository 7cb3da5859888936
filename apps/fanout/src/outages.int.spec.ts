import type { ClaimEvent } from '@claimwire/contracts';
import { TcpProxy } from '@claimwire/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckingReceiver } from '../test/checking-receiver.js';
import type { Expectation } from '../test/checking-receiver.js';
import { FanoutProcess } from '../test/fanout-process.js';
import { canRunOutages, OwnEngines } from '../test/own-engines.js';
import { eventually as happens, TestBench } from '../test/test-bench.js';
import type { TestWebhook } from '../test/test-bench.js';

const CLAIMS = 25;
const REPLICAS = ['fanout-a', 'fanout-b', 'fanout-c', 'fanout-d'];
const PATIENCE_MS = 60_000;

/** Fails now and then, the same way in each run. */
const moody = ({ version }: ClaimEvent, attempt: number): number | null => {
  if (attempt > 1) return 204;
  return version % 7 === 3 ? 500 : version % 11 === 5 ? null : 204;
};
const PATHS = {
  '/ordered': { concurrency: 3, ordering: 'per_claim', tries: 1_000, answer: moody },
  '/cut': { concurrency: 5, ordering: 'per_claim', tries: 1_000, answer: moody },
  '/refusing': { concurrency: 4, ordering: 'per_claim', tries: 2, answer: ({ version }) => (version % 3 ? 204 : 500) },
  '/latest': { concurrency: 2, ordering: 'latest_only', tries: 1_000, answer: moody },
  '/unordered': { concurrency: 8, ordering: 'unordered', tries: 1_000, answer: moody },
} satisfies Record<string, Expectation>;
type Path = keyof typeof PATHS;

/** Fails early when a replica ends that should not, and always with the replicas' last words. */
async function eventually(what: string, check: () => boolean | Promise<boolean>, ms: number): Promise<void> {
  const checkAll = () => {
    for (const replica of processes.values()) replica.assertLives();
    return check();
  };
  await happens(what, checkAll, ms).catch((error: unknown) => {
    const words = [...processes].map(([name, { lastWords }]) => `${name}:\n${lastWords}`);
    throw new Error(`${String(error)}\n${words.join('\n')}`, { cause: error });
  });
}

let engines: OwnEngines;
let bench: TestBench;
let receiver: CheckingReceiver;
let network: TcpProxy;
const webhooks = {} as Record<Path, TestWebhook>;
const processes = new Map<string, FanoutProcess>();
const events: ClaimEvent[] = [];

const start = (name: string) =>
  processes.set(name, new FanoutProcess({ PATH: process.env.PATH, ...bench.env(name), FANOUT_LEASE_SECONDS: '5' }));

describe.skipIf(!canRunOutages())('four replicas', { timeout: 4 * PATIENCE_MS }, () => {
  beforeAll(async () => {
    [engines, receiver] = await Promise.all([OwnEngines.start(), CheckingReceiver.start(PATHS)]);
    network = await TcpProxy.start(receiver.port);
    bench = await TestBench.open(engines.testkit);
    for (const [path, { concurrency, ordering, tries }] of Object.entries(PATHS)) {
      const port = path === '/cut' ? network.port : receiver.port;
      webhooks[path as Path] = await bench.createWebhook({
        ...{ url: `http://127.0.0.1:${port}${path}`, eventType: 'claim.status_changed' },
        ...{ concurrency, ordering, timeoutMs: 2_000 },
        retryPolicy: { type: 'fixed', retries: tries - 1, delaySeconds: 0.2 },
      });
    }
    for (const name of REPLICAS) start(name);
    const areShared = async () => (await owners()).length === 5 && new Set(await owners()).size > 2;
    await eventually('the replicas share the webhooks', areShared, 2 * PATIENCE_MS);
  }, 4 * PATIENCE_MS);
  afterAll(async () => {
    await Promise.all([...processes.values()].map((replica) => replica.stop('SIGKILL')));
    await bench?.close();
    await Promise.all([network?.stop(), receiver?.stop(), engines?.stop()]);
  });

  /** Owner of each webhook's lease, in the order of the paths. */
  const owners = async (): Promise<string[]> => {
    const { rows } = await bench.pool.query<{ owner: string }>(
      `select owner from webhook_leases join webhooks on id = webhook_id where expires_at > now() order by created_at`,
    );
    return rows.map(({ owner }) => owner);
  };
  const ownerOf = async (path: Path): Promise<string> => (await owners())[Object.keys(PATHS).indexOf(path)] ?? '';

  /** The next versions of every claim. What may not have landed is published again, as the normaliser does. */
  const emit = async (versions: number): Promise<void> => {
    const fresh: ClaimEvent[] = [];
    const first = events.length / CLAIMS + 1;
    for (let version = first; version < first + versions; version += 1) {
      for (let claim = 1; claim <= CLAIMS; claim += 1) fresh.push(await bench.storeEvent(`c${claim}`, version));
    }
    events.push(...fresh);
    const publish = () =>
      bench.publish(...fresh).then(
        () => true,
        () => false,
      );
    await eventually('they are published', publish, PATIENCE_MS);
  };

  /** Emits, and resolves in the middle of the sending. */
  const begin = async (versions: number): Promise<void> => {
    const before = receiver.ids('/ordered').size;
    await emit(versions);
    await eventually('some arrive', () => receiver.ids('/ordered').size > before + 10, PATIENCE_MS);
  };

  const reaches = async (path: Path, states: Record<string, number>): Promise<void> => {
    const wanted = JSON.stringify(Object.entries(states).sort());
    const seen = async () => JSON.stringify(Object.entries(await bench.states(webhooks[path].id)).sort());
    await eventually(`${path}: ${wanted}`, async () => (await seen()) === wanted, PATIENCE_MS);
  };

  /** Every event has come to its end at every webhook, and nothing that was promised was broken. */
  const settled = async (): Promise<void> => {
    const total = events.length;
    const refused = events.filter(({ version }) => version % 3 === 0).length;
    const wanted = { delivered: total - refused, exhausted: refused };
    await reaches('/refusing', wanted);
    for (const path of ['/ordered', '/cut', '/unordered'] as const) {
      await reaches(path, { delivered: total });
      expect(receiver.ids(path).size).toBe(total);
    }
    const latest = async () => {
      const { delivered = 0, superseded = 0 } = await bench.states(webhooks['/latest'].id);
      return delivered + superseded === total;
    };
    await eventually('the latest are delivered', latest, PATIENCE_MS);
    const last = events.slice(-CLAIMS).map(({ id }) => id);
    expect(last.filter((id) => !receiver.ids('/latest').has(id))).toEqual([]);
    expect(receiver.faults).toEqual([]);
  };

  it('lose nothing and keep order and limits while one is killed and one is stopped past its lease', async () => {
    await begin(4);
    const victim = await ownerOf('/ordered');
    const sleeper = (await owners()).find((owner) => owner !== victim) ?? '';
    processes.get(victim)?.signal('SIGKILL');
    processes.get(sleeper)?.signal('SIGSTOP');
    await emit(2);
    await settled();
    expect(await owners()).not.toContain(victim);
    expect(await owners()).not.toContain(sleeper);
    processes.get(sleeper)?.signal('SIGCONT');
    start(victim);
    await begin(2);
    await settled();
  });

  it('go on by themselves when PostgreSQL is killed in the middle, and when the network to a receiver is cut', async () => {
    await begin(3);
    network.cut();
    await engines.restartPostgres();
    network.mend();
    await begin(1);
    await settled();
  });

  it('go on by themselves when the broker is killed in the middle', async () => {
    await begin(3);
    await engines.restartKafka();
    await begin(1);
    await settled();
  });
});
