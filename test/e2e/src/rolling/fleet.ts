import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, freePort, testKafkaBrokers, testTopicPrefix, type TestDatabase } from '@claimwire/testkit';
import { ApiClient } from '../api-client.js';
import { APPS, type AppName } from '../system.js';
import { Balancer } from './balancer.js';
import type { Build } from './build.js';
import { Deployment } from './deployment.js';

const run = promisify(execFile);
const PROVIDERS = ['cair', 'curacel', 'tpastream', 'stedi'];
const isPublic = (app: AppName): boolean => app === 'api' || app.startsWith('ingress-');

/** All apps, two replicas of each, the public ones behind a balancer, on a database and topics of their own. */
export class Fleet {
  private constructor(
    readonly database: TestDatabase,
    readonly deployments: ReadonlyMap<AppName, Deployment>,
    readonly balancers: ReadonlyMap<AppName, Balancer>,
    private readonly adminKey: string,
  ) {}

  /**
   * The schema and the topics are the newer version's, as its Jobs leave them before any app is rolled.
   * @param from runs first
   * @param newest makes the topics
   */
  static async start(from: Build, newest: Build): Promise<Fleet> {
    const database = await createTestDatabase();
    const adminKey = `cw_live_${randomBytes(24).toString('hex')}`;
    const balancers = new Map<AppName, Balancer>();
    for (const app of APPS.filter(isPublic)) balancers.set(app, await Balancer.start(await freePort()));
    const urlOf = (app: AppName) => `http://127.0.0.1:${balancers.get(app)?.port}`;
    const urls = PROVIDERS.map((name) => [name, urlOf(`ingress-${name}` as AppName)]);
    const env: Record<string, string> = {
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: testTopicPrefix(),
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '4',
      CLAIMWIRE_KEYRING: `k1:${randomBytes(32).toString('base64')}`,
      EGRESS_ALLOW_NETWORKS: '127.0.0.0/8,::1/128',
      BOOTSTRAP_ADMIN_KEY: adminKey,
      PUBLIC_INGRESS_URLS: JSON.stringify(Object.fromEntries(urls)),
      LAG_INTERVAL_MS: '2000',
    };
    await run(process.execPath, [join(newest.root, 'apps/api/dist/topics.js')], {
      env: { PATH: process.env.PATH, ...env },
    });
    const deployments = new Map(APPS.map((app) => [app, new Deployment(app, env, balancers.get(app) ?? null)]));
    const fleet = new Fleet(database, deployments, balancers, adminKey);
    try {
      await Promise.all([...deployments.values()].map((deployment) => deployment.start(from)));
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.balancers.get('api')?.port}`;
  }

  deployment(app: AppName): Deployment {
    return this.deployments.get(app) as Deployment;
  }

  admin(): ApiClient {
    return new ApiClient(this.apiUrl, this.adminKey);
  }

  as(key: string): ApiClient {
    return new ApiClient(this.apiUrl, key);
  }

  /** What ended without being told to. */
  deaths(): string[] {
    const processes = [...this.deployments.values()].flatMap((deployment) => deployment.processes);
    return processes.flatMap((process) => process.diedOfItself() ?? []);
  }

  /** @returns the value of each sample of these metrics that is not 0, by name and labels, from any replica of the api */
  async waiting(names: readonly string[]): Promise<string[]> {
    const [api] = this.deployment('api').processes;
    const text = await (await fetch(`${api?.managementUrl}/metrics`)).text();
    const samples = text.split('\n').filter((line) => names.some((name) => line.startsWith(name)));
    if (samples.length === 0) return ['no samples yet'];
    return samples.filter((line) => !/ 0$/.test(line));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.deployments.values()].map((deployment) => deployment.stop()));
    await Promise.all([...this.balancers.values()].map((balancer) => balancer.stop()));
    await this.database.drop();
  }
}
