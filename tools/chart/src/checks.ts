import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execute } from './execute.js';
import type { GoTool } from './go-tools.js';
import { CHART } from './paths.js';

/** null = good, else what is wrong and what to do. */
export type Finding = string | null;

export interface Check {
  name: string;
  run(): Promise<Finding>;
}

export interface Toolbox {
  tools: Record<GoTool, string>;
  schemas: string;
  /** Writes what is rendered now as what is expected. */
  update: boolean;
}

/** Kinds without a schema among the Go modules that can be had: Strimzi is written in Java. */
const WITHOUT_SCHEMA = 'KafkaTopic';

/** What kube-score asks for and the chart leaves alone, each with its reason. */
const NOT_SCORED = [
  // A tag is a version and is never moved: pulling it again at every start only adds a dependency on the registry.
  'container-image-pull-policy',
  // KEDA sets the replicas of some Deployments: naming them would undo its work at each upgrade.
  'deployment-replicas',
];
/** A limit of CPU would throttle a burst; requests already keep the neighbours safe. */
const WITHOUT_CPU_LIMIT = '--ignore-container-cpu-limit';

/** Of every set of values in tests/values: rendered, compared, validated, scored; then the alert rules. */
export async function chartChecks(toolbox: Toolbox): Promise<Check[]> {
  const folder = join(CHART, 'tests/values');
  const variants = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  return [
    ...variants.flatMap((file) => variantChecks(toolbox, join(folder, file))),
    {
      name: 'alert rules: syntax',
      run: () => asFinding('promtool', ['check', 'rules', join(CHART, 'rules/claimwire.rules.yaml')]),
    },
    {
      name: 'alert rules: each fires, and each stays silent',
      run: () => asFinding('promtool', ['test', 'rules', join(CHART, 'tests/rules.test.yaml')]),
    },
  ];
}

function variantChecks({ tools, schemas, update }: Toolbox, valuesFile: string): Check[] {
  const variant = basename(valuesFile, '.yaml');
  const snapshot = join(CHART, 'tests/snapshots', `${variant}.yaml`);
  const render = () => execute(tools.helm, ['template', 'release', CHART, '-n', 'claims', '-f', valuesFile]);
  return [
    { name: `${variant}: helm lint`, run: () => asFinding(tools.helm, ['lint', '--strict', CHART, '-f', valuesFile]) },
    {
      name: `${variant}: what is rendered is what was approved`,
      run: async () => {
        const { ok, stdout, output } = await render();
        if (!ok) return output;
        if (update) await writeFile(snapshot, stdout);
        return compare(await readFile(snapshot, 'utf8').catch(() => ''), stdout);
      },
    },
    {
      name: `${variant}: kubeconform against Kubernetes 1.34`,
      run: () =>
        asFinding(tools.kubeconform, [
          '-strict',
          '-summary',
          ...['-skip', WITHOUT_SCHEMA],
          ...['-schema-location', `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`],
          snapshot,
        ]),
    },
    {
      name: `${variant}: kube-score`,
      run: () =>
        asFinding(tools['kube-score'], [
          'score',
          WITHOUT_CPU_LIMIT,
          ...NOT_SCORED.flatMap((test) => ['--ignore-test', test]),
          ...['--output-format', 'ci'],
          snapshot,
        ]),
    },
  ];
}

async function asFinding(command: string, args: readonly string[]): Promise<Finding> {
  const { ok, output } = await execute(command, args);
  if (ok) return null;
  const lines = output.split('\n').filter((line) => !/^\[(OK|SKIPPED)\]/.test(line));
  return lines.slice(0, 40).join('\n');
}

function compare(expected: string, actual: string): Finding {
  if (expected === actual) return null;
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const at = after.findIndex((line, index) => line !== before[index]);
  const line = at === -1 ? after.length : at;
  return [
    `differs from line ${line + 1} on:`,
    ...before.slice(line, line + 3).map((text) => `  - ${text}`),
    ...after.slice(line, line + 3).map((text) => `  + ${text}`),
    'Is it meant? "npm run check:chart -- --update", then look at the diff.',
  ].join('\n');
}
