import { format, resolveConfig } from 'prettier';

interface Metric {
  type: string;
  help: string;
  apps: Set<string>;
}

const UNITS: [RegExp, string][] = [
  [/_timestamp_seconds$/, 'Unix time, s'],
  [/_seconds(_total)?$/, 's'],
  [/_bytes(_total)?$/, 'bytes'],
  [/_ratio$/, 'share of 1'],
];
const unitOf = (name: string): string => UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? 'count';

/** Node's own metrics are the library's to explain. */
const isOurs = (name: string): boolean => /^(claimwire|kafka)_/.test(name);

const INTRO = `# Metrics

Every app shows its metrics on its management port under \`/metrics\`, in the Prometheus text format. This page is written from
what the running apps say of themselves (\`UPDATE_METRICS=1 npx vitest run --project e2e test/e2e/src/flow\`), and a test compares
them. Beside these, each app shows Node's own metrics (\`process_…\`, \`nodejs_…\`).

Lag and backlog are read by the api from outside the consumers, so that they are right for a dead consumer too. Each of its
replicas shows the same: take \`max\`, never \`sum\`. \`LAG_INTERVAL_MS=0\` switches them off; \`LAG_OFFSETS=false\` only what a Kafka exporter
shows as well (\`kafka_consumergroup_lag\`, both \`…_current_offset\`): lag in seconds and the backlog stay, and so do alerts and scaling.
No label holds anything of a claim, a tenant, a token or a secret.

Alerts: [runbooks](runbooks/README.md).
`;

/** docs/metrics.md. @param texts what each app answered under /metrics */
export async function metricsPage(texts: ReadonlyMap<string, string>): Promise<string> {
  const metrics = new Map<string, Metric>();
  for (const [app, text] of texts) {
    for (const [, name = '', help = '', type = ''] of text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)) {
      if (!isOurs(name)) continue;
      const metric = metrics.get(name) ?? { type, help, apps: new Set() };
      metrics.set(name, metric);
      metric.apps.add(app.startsWith('ingress-') ? 'ingress' : app);
    }
  }
  const rows = [...metrics].toSorted(([a], [b]) => a.localeCompare(b)).map(([name, metric]) => row(name, metric));
  const table = ['| metric | type | unit | shown by | what it says |', '|-|-|-|-|-|', ...rows].join('\n');
  const options = await resolveConfig(import.meta.filename);
  return format(`${INTRO}\n${table}\n`, { ...options, parser: 'markdown' });
}

const row = (name: string, { type, help, apps }: Metric): string =>
  `| \`${name}\` | ${type} | ${unitOf(name)} | ${apps.size > 3 ? 'all apps' : [...apps].join(', ')} | ${help} |`;
