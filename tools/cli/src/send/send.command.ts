import type { Command } from '../command.js';
import { SEND_OPTIONS } from './cli-options.js';
import { PROVIDER_NAMES } from './events/index.js';
import { helpText } from './help.js';
import { run } from './run.js';

export const send: Command = {
  name: 'send',
  summary: 'sends webhooks, signed as the provider signs them, to the demo or any other connection',
  help: helpText(null),
  helpFor: (args) => helpText(PROVIDER_NAMES.find((name) => name === args[0]) ?? null),
  words: PROVIDER_NAMES,
  options: SEND_OPTIONS,
  run,
};
