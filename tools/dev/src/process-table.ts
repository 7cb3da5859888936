import type { App, StartOptions } from './bootstrap-modules.js';

/** One process of an app: what the supervisor starts. */
export interface ProcessSpec {
  /** The app's name, and `-2`, `-3` … for further replicas. */
  readonly name: string;
  readonly app: string;
  /** Base URL of its public port, null where it has none. */
  readonly url: string | null;
  readonly managementUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What all processes share. */
export interface SystemSettings {
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  readonly keyring: string;
  readonly adminKey: string;
}

type Layout = Pick<StartOptions, 'replicas' | 'portOffset'>;

const HOST = '127.0.0.1';
const INGRESS = 'ingress-';
/** The tenant that the admin key acts as when it names none: in development only. */
const DEMO_TENANT = 'demo';

const base = (port: number): string => `http://${HOST}:${port}`;

const replicasOf = (app: App, { replicas }: Layout): number => replicas[app.name] ?? 1;

/** How many free ports the table needs for the replicas beyond the first. */
export const extraPortsNeeded = (apps: readonly App[], layout: Layout): number =>
  apps.reduce((sum, app) => sum + (replicasOf(app, layout) - 1) * (app.port === null ? 1 : 2), 0);

/** Base URL by provider, of each ingress app's first replica. */
export const ingressUrls = (apps: readonly App[], { portOffset }: Layout): Record<string, string> =>
  Object.fromEntries(
    apps.flatMap(({ name, port }) =>
      name.startsWith(INGRESS) && port !== null ? [[name.slice(INGRESS.length), base(port + portOffset)]] : [],
    ),
  );

/** Settings that every app and the two commands (migrate, topics) understand. */
export const commonEnv = (settings: SystemSettings): Record<string, string> => ({
  KAFKA_BROKERS: settings.brokers.join(','),
  DATABASE_URL: settings.databaseUrl,
  CLAIMWIRE_KEYRING: settings.keyring,
  MANAGEMENT_HOST: HOST,
  // The demo's receiver and report server listen here; nothing but development allows it.
  EGRESS_ALLOW_NETWORKS: '127.0.0.0/8,::1/128',
});

const apiEnv = (settings: SystemSettings, urls: Record<string, string>): Record<string, string> => ({
  PUBLIC_INGRESS_URLS: JSON.stringify(urls),
  BOOTSTRAP_ADMIN_KEY: settings.adminKey,
  DEV_ADMIN_TENANT: DEMO_TENANT,
});

/**
 * Every process to start. First replicas have the ports of tools/bootstrap/apps.mjs plus the offset, further ones take from `extraPorts`.
 * @throws when there are fewer extra ports than extraPortsNeeded()
 */
export const processTable = (
  apps: readonly App[],
  layout: Layout,
  settings: SystemSettings,
  extraPorts: readonly number[],
): ProcessSpec[] => {
  const extra = extraPorts.values();
  const portFor = (replica: number, usual: number): number => {
    if (replica === 1) return usual + layout.portOffset;
    const next = extra.next();
    if (next.done) throw new Error('Too few free ports for the replicas.');
    return next.value;
  };
  const urls = ingressUrls(apps, layout);
  return apps.flatMap((app) =>
    Array.from({ length: replicasOf(app, layout) }, (_, index) => {
      const replica = index + 1;
      const name = replica === 1 ? app.name : `${app.name}-${replica}`;
      const port = app.port === null ? null : portFor(replica, app.port);
      const managementPort = portFor(replica, app.managementPort);
      return {
        name,
        app: app.name,
        url: port === null ? null : base(port),
        managementUrl: base(managementPort),
        env: {
          ...commonEnv(settings),
          ...(app.name === 'api' ? apiEnv(settings, urls) : {}),
          // Kept over restarts, so that a replica that died takes its webhooks up again at once.
          ...(app.name === 'fanout' ? { FANOUT_REPLICA: name } : {}),
          ...(port === null ? {} : { HOST, PORT: String(port) }),
          MANAGEMENT_PORT: String(managementPort),
        },
      };
    }),
  );
};
