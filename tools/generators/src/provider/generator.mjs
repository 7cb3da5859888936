import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import devkit from '@nx/devkit';
import { addTopic, registerProvider, routeInCompose, startInDevelopment } from './register.mjs';

const { formatFiles, generateFiles, installPackagesTask, joinPathFragments, logger } = devkit;

/** The first four providers have 4101 to 4104 and 5101 to 5104; the next one follows. */
const FIRST_PORT = 4100;
const FIRST_MANAGEMENT_PORT = 5100;
/** 5110 belongs to the normaliser; more providers than that choose their ports by hand. */
const MOST_PROVIDERS = 9;

/**
 * `npx nx g provider acme`: everything a provider needs, with a payload to replace by the real one.
 * @param {import('@nx/devkit').Tree} tree
 * @param {{ name: string, skipInstall?: boolean }} options
 */
export default async function providerGenerator(tree, { name, skipInstall = false }) {
  if (!/^[a-z][a-z0-9]{1,30}$/.test(name)) {
    throw new Error(`"${name}" cannot be a provider's name: use 2 to 31 lower-case letters and digits, a letter first`);
  }
  const folder = joinPathFragments('libs/providers', name);
  if (tree.exists(folder)) throw new Error(`${folder} exists already: choose another name or edit what is there`);

  const number = tree.children('apps').filter((app) => app.startsWith('ingress-')).length + 1;
  if (number > MOST_PROVIDERS)
    throw new Error('the default ports are used up: set the ports in the new main.ts by hand');
  const ports = { port: FIRST_PORT + number, managementPort: FIRST_MANAGEMENT_PORT + number };
  const words = { name, className: name[0].toUpperCase() + name.slice(1), ...ports, tmpl: '' };

  generateFiles(tree, join(import.meta.dirname, 'files/provider'), folder, words);
  generateFiles(tree, join(import.meta.dirname, 'files/app'), joinPathFragments('apps', `ingress-${name}`), words);
  addTopic(tree, name);
  registerProvider(tree, name);
  routeInCompose(tree, words);
  startInDevelopment(tree, words);
  await formatFiles(tree);

  return () => {
    // Always: it is the new folders that must be linked and locked, the root package.json stays as it is.
    if (!skipInstall) installPackagesTask(tree, true);
    describeTopics(tree.root);
    logger.info(`
${name} is a provider now. Its ingress listens on ${ports.port}. What is left is what only you know:
  1. ${folder}/src/claim.payload.ts: the fields of the real webhook, and what its statuses mean
  2. ${folder}/fixtures: real sample bodies, without real persons
  3. ${folder}/README.md: what the provider documents, and what you inferred
The conformance suite says what is missing: npx vitest run --project unit ${folder}
More: docs/recipes/add-a-provider.md`);
  };
}

/** The AsyncAPI document is generated from the topics, by the test that guards it. */
function describeTopics(root) {
  const test = ['libs/contracts/asyncapi', '-t', 'is written down as it is', '-u'];
  execFileSync('npx', ['vitest', 'run', '--project', 'unit', ...test], { cwd: root });
}
