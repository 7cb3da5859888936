import type { Cli, Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseOptions } from '../parse-options.js';
import { UsageError } from '../usage-error.js';
import { AlreadyBootstrappedError, bootstrapPlatform, type KeyPlace } from './bootstrap-platform.js';
import { keyFile } from './key-file.js';
import { inCluster, kubernetesSecret } from './kubernetes-secret.js';

const HELP = `claimwire bootstrap --key-file <file> | --kubernetes-secret <name> [options]: the first platform-admin key of a deployment

Runs once. The key is good for 24 hours: make tenants and lasting keys, or set OIDC up, with it. It goes to a new file that only you
can read, or to a Secret of Kubernetes (its entry "api-key"), never to a log or the terminal.
DATABASE_URL is that of the schema's owner: the role claimwire_operator may write no API keys.

  --key-file <file>           a file that is not there yet, mode 0600
  --kubernetes-secret <name>  a Secret in this pod's namespace, by this pod's service account (create; with --force-new also update)
  --namespace <name>          another namespace
  --if-needed                 ends with 0, and does nothing, where it was done before (for a Job of every release)
  --force-new                 makes another key although it was done before: the one of before is revoked, and it is audited
  --json                      the result as one JSON object; the key is not in it
  --help                      this text

Ends with 1 where it was done before.
${EXIT_HELP}`;

const OPTIONS = {
  'key-file': { type: 'string' },
  'kubernetes-secret': { type: 'string' },
  namespace: { type: 'string' },
  'if-needed': { type: 'boolean', default: false },
  'force-new': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>;

async function run(args: string[], cli: Cli): Promise<number> {
  const values = parseOptions(args, OPTIONS);
  if (values['if-needed'] && values['force-new']) throw new UsageError('--if-needed or --force-new, not both.');
  const place = placeOf(values, cli);
  try {
    const { keyId, expiresAt } = await bootstrapPlatform(cli.database(), place, { forceNew: values['force-new'] });
    const done = { keyId, expiresAt: expiresAt.toISOString(), writtenTo: place.name };
    cli.print(values.json ? JSON.stringify(done) : `Key ${keyId}, good until ${done.expiresAt}: ${place.name}`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof AlreadyBootstrappedError)) throw error;
    const at = error.at.toISOString();
    if (values.json) cli.print(JSON.stringify({ bootstrappedAt: at, keyId: error.keyId }));
    cli.say(`It was done at ${at} (key ${error.keyId}). Make keys through the API, or say --force-new.`);
    return values['if-needed'] ? EXIT.ok : EXIT.no;
  }
}

function placeOf(values: Values, cli: Cli): KeyPlace {
  const { 'key-file': file, 'kubernetes-secret': secret, namespace } = values;
  if ((file === undefined) === (secret === undefined)) {
    throw new UsageError('Say where the key goes: --key-file or --kubernetes-secret.');
  }
  if (secret === undefined && namespace !== undefined)
    throw new UsageError('--namespace goes with --kubernetes-secret.');
  if (file !== undefined) return keyFile(file);
  return kubernetesSecret(inCluster(cli.env), { name: secret ?? '', namespace, replace: values['force-new'] });
}

export const bootstrap: Command = {
  name: 'bootstrap',
  summary: 'makes the first platform-admin key, once, into a file or a Secret',
  help: HELP,
  options: OPTIONS,
  run,
};
