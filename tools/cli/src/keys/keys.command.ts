import { auditCli } from '../audit-cli.js';
import type { Cli, Command } from '../command.js';
import { EXIT, EXIT_HELP } from '../exit-codes.js';
import { parseAction, parseOptions } from '../parse-options.js';
import { table } from '../table.js';
import { countKeys, type KeyUse } from './count-keys.js';
import { rotateKeys } from './rotate-keys.js';

const HELP = `claimwire keys list|rotate [options]: the keys of CLAIMWIRE_KEYRING, and what is sealed with each

  list      rows by key, and which key can leave the ring. Ends with 1 where rows need a key that is not in it
  rotate    seals everything anew with the first key of the ring, while the apps run. Every app must have both keys by now, and the
            new one first. Cut short, it goes on with the rest the next time; ends with 1 where a row could not be opened

  --json    the result as one JSON object
  --help    this text

docs/recipes/rotate-the-keyring.md has all steps. No key is ever shown, only its id.
DATABASE_URL is that of the schema's owner: the role claimwire_operator may read and write no sealed secrets.
${EXIT_HELP}`;

const ACTIONS = ['list', 'rotate'] as const;
const OPTIONS = { json: { type: 'boolean', default: false } } as const;

async function run(args: string[], cli: Cli): Promise<number> {
  const { action, rest } = parseAction(args, ACTIONS);
  const { json } = parseOptions(rest, OPTIONS);
  const keyring = cli.keyring();
  if (action === 'list') {
    const keys = judge(await countKeys(cli.database(), keyring.keyIds), keyring.keyIds);
    report(cli, { keys }, keys, json);
    return keys.some(({ verdict }) => verdict === 'missing') ? EXIT.no : EXIT.ok;
  }
  const rotation = await rotateKeys(cli, cli.database(), keyring);
  const { activeKey, rotated, unreadable, interrupted } = rotation;
  await auditCli(cli.database(), 'keys.rotated', activeKey, { rotated, unreadable, interrupted });
  const keys = judge(await countKeys(cli.database(), keyring.keyIds), keyring.keyIds);
  if (!json) cli.print(`${rotated} rows sealed anew with ${activeKey}.`);
  for (const [name, count] of Object.entries(unreadable)) cli.say(`${count} rows of ${name} cannot be opened.`);
  report(cli, { ...rotation, keys }, keys, json);
  if (interrupted) return EXIT.interrupted;
  return Object.keys(unreadable).length === 0 ? EXIT.ok : EXIT.no;
}

type Verdict = 'active' | 'in use' | 'removable' | 'missing';
type JudgedKey = KeyUse & { verdict: Verdict };

const judge = (uses: readonly KeyUse[], [active, ...older]: readonly string[]): JudgedKey[] =>
  uses.map((use) => {
    const unused: Verdict = use.total === 0 ? 'removable' : 'in use';
    return { ...use, verdict: use.keyId === active ? 'active' : older.includes(use.keyId) ? unused : 'missing' };
  });

const WORDS: Record<Verdict, string> = {
  active: 'active: seals what is new',
  'in use': 'still needed: "claimwire keys rotate"',
  removable: 'can be removed, once no app has it first; keep it as long as backups from before',
  missing: 'NOT IN THE RING: these rows cannot be read',
};

function report(cli: Cli, result: object, keys: readonly JudgedKey[], json: boolean): void {
  if (json) return cli.print(JSON.stringify(result));
  const rows = keys.map(({ keyId, total, verdict, rows: byTable }) => ({
    key: keyId,
    rows: String(total),
    verdict: WORDS[verdict],
    where: Object.entries(byTable)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  }));
  for (const line of table(rows, ['rows'])) cli.print(line);
}

export const keys: Command = {
  name: 'keys',
  summary: 'what is sealed with which key, and seals everything anew with the new one',
  help: HELP,
  words: ACTIONS,
  options: OPTIONS,
  run,
};
