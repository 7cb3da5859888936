import type { Cli, Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseOptions } from '../parse-options.js';
import { DatabaseConfig, settings, TopicsConfig } from '../settings.js';
import { SettingsError } from '../usage-error.js';
import { checkDatabase } from './check-database.js';
import { checkDirectDatabase } from './check-direct-database.js';
import { checkKafka } from './check-kafka.js';
import { checkDisks, checkEgress, checkKeyring } from './check-secrets.js';
import { fail, type Finding, type Verdict } from './finding.js';

const HELP = `claimwire doctor [options]: is everything as production needs it, and what to do where it is not

Looks at Kafka (reachable, TLS, topics, replicas, permissions), PostgreSQL (reachable, version, TLS, schema, role, permissions, clock,
checksums, audit log; whether DATABASE_DIRECT_URL keeps its session), the key ring (readable, no development key, opens a row of each
table), egress and disks. Run it with the environment of the apps. Changes nothing, but for --probe.

  --probe     makes a topic and removes it again: it tells the brokers' clock, and that topics can be made
  --strict    a warning counts as a failure
  --json      the result as one JSON object
  --help      this text

Ends with 0 where nothing failed, with 1 where something did. With NODE_ENV=production some warnings are failures.
${EXIT_HELP}`;

const OPTIONS = {
  probe: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;
const SIGNS: Record<Verdict, string> = { ok: '✔ ok  ', warn: '! warn', fail: '✘ fail', skip: '- skip' };

async function run(args: string[], cli: Cli): Promise<number> {
  const { probe, strict, json } = parseOptions(args, OPTIONS);
  const findings: Finding[] = [];
  for (const part of await parts(cli, probe)) {
    findings.push(...part);
    if (!json) for (const finding of part) tell(cli, finding);
  }
  const failed = findings.filter(({ verdict }) => verdict === 'fail' || (strict && verdict === 'warn'));
  if (json) cli.print(JSON.stringify({ ok: failed.length === 0, findings }));
  return failed.length === 0 ? EXIT.ok : EXIT.no;
}

/** A setting that is wrong is a finding like any other: the rest is looked at all the same. */
async function parts(cli: Cli, probe: boolean): Promise<Finding[][]> {
  const production = cli.env.NODE_ENV === 'production';
  const look = async (check: string, work: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      return [fail(check, error.message.split('\n')[0] ?? '', 'Run it with the environment of the apps.')];
    }
  };
  return [
    await look('kafka', () => {
      const config = settings(TopicsConfig, cli.env);
      return checkKafka({ handle: cli.kafka(), settings: config, production, probe });
    }),
    await look('database', () => {
      const { DATABASE_URL: url } = settings(DatabaseConfig, cli.env);
      return checkDatabase({ pool: cli.database(), url, production });
    }),
    await look('database, direct', () => {
      const { DATABASE_DIRECT_URL: directUrl } = settings(DatabaseConfig, cli.env);
      return checkDirectDatabase(cli.database(), directUrl);
    }),
    await look('key ring', () => checkKeyring(cli.env, cli.database())),
    checkEgress(cli.env, production),
    checkDisks(),
  ];
}

function tell(cli: Cli, { check, verdict, detail, remedy }: Finding): void {
  cli.print(`${SIGNS[verdict]}  ${check.padEnd(22)}${detail}`);
  if (remedy) cli.print(`        ${''.padEnd(22)}→ ${remedy}`);
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'is everything as production needs it? Each line with a remedy',
  help: HELP,
  options: OPTIONS,
  run,
};
