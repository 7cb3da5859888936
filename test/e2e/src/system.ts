import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { asDatabaseRole, createTestDatabase, freePort, testKafkaBrokers, testTopicPrefix } from '@claimwire/testkit';
import { ApiClient } from './api-client.js';
import { AppProcess } from './app-process.js';

const ROOT = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

export const APPS = [
  'api',
  'ingress-cair',
  'ingress-curacel',
  'ingress-tpastream',
  'ingress-stedi',
  'normalizer',
  'stedi-reports',
  'fanout',
] as const;
export type AppName = (typeof APPS)[number];

const withPublicPort = (app: AppName) => app === 'api' || app.startsWith('ingress-');

/** All of Claimwire as separate processes on real engines, with a database and topics of its own. */
export class System {
  private constructor(
    readonly apps: Record<AppName, AppProcess>,
    readonly apiUrl: string,
    readonly adminKey: string,
    readonly databaseUrl: string,
    readonly topicPrefix: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  /**
   * @param only the apps to start; the others can be started later
   * @param through other engines, or a way to them that a test can break: gets the settings, gives those to add
   * @param own what one app has of its own, for example who it is to Kafka; the one that makes the topics is "topics"
   */
  static async start(
    only: readonly AppName[] = APPS,
    through: (env: Record<string, string>) => Record<string, string> | Promise<Record<string, string>> = () => ({}),
    own: (app: AppName | 'topics') => Record<string, string> = () => ({}),
  ): Promise<System> {
    const database = await createTestDatabase();
    const topicPrefix = testTopicPrefix();
    const ports = Object.fromEntries(await Promise.all(APPS.map(async (app) => [app, await freePort()] as const)));
    const adminKey = `cw_live_${randomBytes(24).toString('hex')}`;
    const ingress = (provider: string) => `http://127.0.0.1:${ports[`ingress-${provider}`]}`;
    const providers = ['cair', 'curacel', 'tpastream', 'stedi'];
    const env: Record<string, string> = {
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_TOPIC_PREFIX: topicPrefix,
      DATABASE_URL: database.url,
      CLAIMWIRE_KEYRING: `k1:${randomBytes(32).toString('base64')}`,
      EGRESS_ALLOW_NETWORKS: '127.0.0.0/8,::1/128',
      FANOUT_REPLICA: 'fanout',
      BOOTSTRAP_ADMIN_KEY: adminKey,
      PUBLIC_INGRESS_URLS: JSON.stringify(Object.fromEntries(providers.map((name) => [name, ingress(name)]))),
    };
    Object.assign(env, await through(env));
    await run(process.execPath, [join(ROOT, 'apps/api/dist/topics.js')], {
      env: { PATH: process.env.PATH, ...env, ...own('topics') },
    });
    const apps = Object.fromEntries(
      await Promise.all(
        APPS.map(async (app) => {
          const port: Record<string, string> = withPublicPort(app) ? { PORT: String(ports[app]) } : {};
          const role = asDatabaseRole(env.DATABASE_URL!, app);
          return [app, await AppProcess.create(app, { ...env, DATABASE_URL: role, ...port, ...own(app) })] as const;
        }),
      ),
    ) as Record<AppName, AppProcess>;
    const system = new System(apps, `http://127.0.0.1:${ports['api']}`, adminKey, database.url, topicPrefix, () =>
      database.drop(),
    );
    try {
      for (const app of only) await apps[app].start();
      await Promise.all(only.map((app) => apps[app].ready(90_000)));
      return system;
    } catch (error) {
      // Nobody else knows of these processes.
      await system.stop();
      throw error;
    }
  }

  admin(): ApiClient {
    return new ApiClient(this.apiUrl, this.adminKey);
  }

  as(key: string): ApiClient {
    return new ApiClient(this.apiUrl, key);
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.apps).map((app) => app.stop()));
    await this.dropDatabase();
  }
}
