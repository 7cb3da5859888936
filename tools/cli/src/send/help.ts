import type { ProviderName } from '@claimwire/testkit/senders';
import { type EventKind, EVENTS, PROVIDER_NAMES } from './events/index.js';

const USAGE = `claimwire send <provider> [event] [options]: sends webhooks, signed as the provider signs them
`;

const OPTIONS = `Where to (default: the demo's connection, from var/dev.json while "npm start" runs):
  --url <address>        a connection's address, as its "urls" say
  --auth-file <file>     its "auth" as JSON, as posted to /v1/connections; "-" reads it from stdin. For tpastream with
                         "privateKeyPem", the private half of a key pair of your own
  --auth <json>          the same on the command line, where other users of the machine can read it

What (default: one event with a new claim id, now):
  --claim <id>           the claim that all of them are about; otherwise each round of statuses is about a new claim
  --status <a,b,…>       statuses in the provider's own words; several are sent in turn
  --at <time>            time of the last event, with its zone; each one before it is a second earlier
  --count <n>            so many webhooks (1 to 100000; default: one per status)
  --body <file>          your own body, byte for byte, signed
  --replay <file>        what --record wrote, or bodies, one JSON object per line, byte for byte
  --record <file>        writes what is sent to a file that only you can read

How:
  --burst <n>            so many requests at once (default 1)
  --rate <n>             so many requests per second, however long the answers take (64 at once unless --burst says)
  --shuffle              in a random order; --seed <n> (default 1) repeats it
  --duplicate <percent>  so many of a hundred are sent a second time
  --timeout <seconds>    give up on an answer (default 10)
  --dry-run              send nothing: print each request as curl would send it, secrets masked
  --json                 the summary as one JSON object
  --help                 this text, with "claimwire send <provider> --help" for one provider only

Exit code: 0 every webhook was answered 202; 1 some were not; 2 wrong usage, nothing was sent;
130 interrupted, after the answers that were still to come.
`;

function describeEvent(event: EventKind, isDefault: boolean): string[] {
  const statuses =
    event.statuses === null ? [] : [`                     --status ${event.statuses} (default ${event.defaultStatus})`];
  return [
    `    ${event.name.padEnd(16)} ${event.help}${isDefault ? ' (default)' : ''}`,
    ...statuses,
    `                     --claim ${event.claim}`,
  ];
}

const describeProvider = (provider: ProviderName): string =>
  [`  ${provider}`, ...EVENTS[provider].flatMap((event, index) => describeEvent(event, index === 0))].join('\n');

/** @param only null = all providers */
export function helpText(only: ProviderName | null): string {
  const providers = only === null ? PROVIDER_NAMES : [only];
  return [USAGE, `Providers and events:\n${providers.map(describeProvider).join('\n')}\n`, OPTIONS].join('\n');
}
