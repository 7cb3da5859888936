// @ts-check
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { UsageError } from './cli-options.mjs';

export const PROVIDERS = /** @type {const} */ (['cair', 'curacel', 'tpastream', 'stedi']);

export const FUZZ_HELP = `npm run fuzz -- [options]: damaged bodies and headers for each provider's verification, parsers and normalisation, and for
the ingress with that provider. None may crash, hang, be treated otherwise the second time, or show in a log what it was given.

  --cases 100000      how many for each parser and sample of a provider
  --seed 42           the same cases again (default: another seed each time, which is printed)
  --provider cair     one of ${PROVIDERS.join(', ')}, or several separated by commas (default: all)
  --help              this text

Ends with 0 when nothing was found, 1 when something was (with the case and its seed), 2 for options that make no sense.
`;

const OPTIONS = /** @type {const} */ ({
  help: { type: 'boolean', default: false },
  cases: { type: 'string', default: '100000' },
  seed: { type: 'string' },
  provider: { type: 'string', default: PROVIDERS.join(',') },
});

const MAX_CASES = 100_000_000;
const MAX_SEED = 2 ** 31 - 1;

/** @param {string} option @param {string} text @param {number} least @param {number} most */
const wholeNumber = (option, text, least, most) => {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${option}: "${text}" is not a whole number from ${least} to ${most}.`);
};

/** @param {string} text */
const parseProviders = (text) => {
  const names = text.split(',').filter(Boolean);
  const unknown = names.find((name) => !PROVIDERS.some((provider) => provider === name));
  if (unknown !== undefined || names.length === 0) {
    throw new UsageError(`--provider: there is no provider "${unknown ?? ''}"; there are ${PROVIDERS.join(', ')}.`);
  }
  return PROVIDERS.filter((provider) => names.includes(provider));
};

/** @param {string[]} args */
const read = (args) => {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/**
 * @typedef {object} FuzzOptions
 * @property {boolean} help
 * @property {number} cases
 * @property {number} seed
 * @property {(typeof PROVIDERS)[number][]} providers
 */

/** @param {string[]} args @returns {FuzzOptions} */
export const parseFuzz = (args) => {
  const { help, cases, seed, provider } = read(args);
  return {
    help: help === true,
    cases: wholeNumber('cases', cases ?? '', 1, MAX_CASES),
    seed: seed === undefined ? randomInt(MAX_SEED) : wholeNumber('seed', seed, 0, MAX_SEED),
    providers: parseProviders(provider ?? ''),
  };
};
