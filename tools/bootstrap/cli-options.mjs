// @ts-check
import { parseArgs } from 'node:util';
import { APPS } from './apps.mjs';

/** What was typed makes no sense; the message says why. Exit code 2. */
export class UsageError extends Error {}

export const START_HELP = `npm start -- [options]: runs all of Claimwire on this machine until Ctrl-C.

  --no-traffic                         make the demo tenant, but send nothing
  --replicas normalizer=2,fanout=2     more than one process of an app; extra ones listen on free ports
  --engine docker|local                how Kafka and PostgreSQL run (default: docker if it works, else local)
  --external                           use the servers that KAFKA_BROKERS and DATABASE_URL name, start none
  --port-offset 100                    add this to every app's port, to run two checkouts side by side
  --help                               this text

Addresses and keys are in var/dev.json once everything is ready, logs in var/log. "npm run reset" clears the data.
Exit code: 0 stopped by Ctrl-C or a signal; 1 could not be started; 2 wrong usage; 130 interrupted before it was installed and built.
`;
export const TEST_HELP = `npm test -- [options]: everything that CI runs, on a real Kafka and PostgreSQL.

  --quick    only format, lint, types, unit and property tests (also: npm run test:quick)
  --help     this text

Exit code: 0 all passed; 1 something failed, all of which is shown; 2 wrong usage; 130 interrupted.
`;
export const RESET_HELP = `npm run reset -- [options]: deletes the data of "npm start" in this checkout, and nothing else.

  --help     this text

Exit code: 0 nothing is left; 1 not while it runs; 2 wrong usage.
`;

const HELP = /** @type {const} */ ({ help: { type: 'boolean', default: false } });
const START = /** @type {const} */ ({
  ...HELP,
  'no-traffic': { type: 'boolean', default: false },
  replicas: { type: 'string', default: '' },
  engine: { type: 'string' },
  external: { type: 'boolean', default: false },
  'port-offset': { type: 'string', default: '0' },
});
const MAX_REPLICAS = 8;

/**
 * @template {import('node:util').ParseArgsOptionsConfig} T
 * @param {string[]} args
 * @param {T} options
 */
const parse = (args, options) => {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/**
 * @param {string} text such as "normalizer=2,fanout=2"
 * @returns {Record<string, number>} by app; an app that is not named has one
 */
export const parseReplicas = (text) => {
  const entries = text
    .split(',')
    .filter(Boolean)
    .map((part) => {
      const [name = '', count = ''] = part.split('=');
      if (!APPS.some((app) => app.name === name)) {
        throw new UsageError(
          `--replicas: there is no app "${name}"; there are ${APPS.map((app) => app.name).join(', ')}.`,
        );
      }
      const number = Number(count);
      if (!Number.isInteger(number) || number < 1 || number > MAX_REPLICAS) {
        throw new UsageError(`--replicas ${name}: "${count}" is not a whole number from 1 to ${MAX_REPLICAS}.`);
      }
      return /** @type {const} */ ([name, number]);
    });
  return Object.fromEntries(entries);
};

/** @param {string | undefined} text @returns {'docker' | 'local' | null} null = choose */
const parseEngine = (text) => {
  if (text === undefined || text === 'docker' || text === 'local') return text ?? null;
  throw new UsageError(`--engine: "${text}" is neither docker nor local.`);
};

/** @param {string} text */
const parseOffset = (text) => {
  const offset = Number(text);
  if (!Number.isInteger(offset) || offset < 0 || offset > 50_000) {
    throw new UsageError(`--port-offset: "${text}" is not a whole number from 0 to 50000.`);
  }
  return offset;
};

/**
 * @typedef {object} StartOptions
 * @property {boolean} help
 * @property {boolean} traffic
 * @property {Record<string, number>} replicas
 * @property {'docker' | 'local' | null} engine
 * @property {boolean} external
 * @property {number} portOffset
 */

/** @param {string[]} args @returns {StartOptions} */
export const parseStart = (args) => {
  const values = parse(args, START);
  const engine = parseEngine(values.engine);
  if (values.external && engine) throw new UsageError('--external starts no engine: leave --engine away.');
  return {
    help: values.help === true,
    traffic: !values['no-traffic'],
    replicas: parseReplicas(values.replicas ?? ''),
    engine,
    external: values.external === true,
    portOffset: parseOffset(values['port-offset'] ?? ''),
  };
};

/** @param {string[]} args @returns {{ help: boolean, quick: boolean }} */
export const parseTest = (args) => {
  const values = parse(args, { ...HELP, quick: { type: 'boolean', default: false } });
  return { help: values.help === true, quick: values.quick === true };
};

/** @param {string[]} args @returns {{ help: boolean }} */
export const parseReset = (args) => ({ help: parse(args, HELP).help === true });
