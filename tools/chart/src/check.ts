import { parseArgs } from 'node:util';
import { type Check, chartChecks } from './checks.js';
import { goTools, MissingToolError } from './go-tools.js';
import { cacheFolder } from './paths.js';
import { kubernetesSchemas } from './schemas.js';

const HELP = `npm run check:chart [-- --update]: checks the Helm chart in deploy/chart and its alert rules.

For each set of values in deploy/chart/tests/values: helm lint, comparison with the approved rendering, kubeconform with
strict schemas of Kubernetes and the operators, kube-score. Then promtool over the alert rules and their tests.

  --update   approve what is rendered now
  --help     this text

Needs Go (helm, kubeconform and kube-score are built once into the cache, which takes minutes) and promtool (Debian:
apt-get install prometheus).
Exit code: 0 all is well; 1 something is not; 2 wrong usage, or a tool is missing.
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { update: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const cache = cacheFolder();
  const tools = await goTools(cache, say);
  const schemas = await kubernetesSchemas(cache, say);
  const checks = await chartChecks({ tools, schemas, update: values.update ?? false });
  let failed = 0;
  for (const check of checks) failed += (await passes(check)) ? 0 : 1;
  say(failed === 0 ? `${checks.length} checks, all is well` : `${failed} of ${checks.length} checks failed`);
  return failed === 0 ? 0 : 1;
}

async function passes(check: Check): Promise<boolean> {
  const finding = await check.run();
  say(`${finding === null ? '✔' : '✘'} ${check.name}`);
  if (finding !== null) say(finding.replace(/^/gm, '    '));
  return finding === null;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error;
  if (!isUsage && !(error instanceof MissingToolError)) throw error;
  say(`${error.message}\n"npm run check:chart -- --help" says more.`);
  process.exitCode = 2;
}
