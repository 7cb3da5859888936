import { formatClaimKey } from '@claimwire/contracts';
import { parseSend, type SendOptions } from './cli-options.js';
import { curlLine, maskAddress } from './curl-line.js';
import { deliver, sign } from './deliver.js';
import { helpText } from './help.js';
import { buildPlan, type Plan, type PlanInput } from './plan.js';
import { Progress } from './progress.js';
import { readInputFile, readRecording, writeRecording } from './recording.js';
import { allAccepted, summaryLines } from './summary.js';
import { findTarget, type Target } from './target.js';
import { UsageError } from './usage-error.js';

/** More would bury the summary. */
const MAX_CLAIMS_TOLD = 5;
const INTERRUPTED = 130;

export type Log = (line: string) => void;

async function readInput({ content, provider, event }: SendOptions): Promise<PlanInput> {
  if (content.kind === 'body') return { body: await readInputFile('body', content.file) };
  if (content.kind !== 'replay') return {};
  const file = await readInputFile('replay', content.file);
  return { replay: readRecording(file.toString('utf8'), provider, event.route) };
}

/** What to look for in the API. */
function claimLines({ provider, event }: SendOptions, { claims }: Plan, { tenant }: Target): string[] {
  const { claimId: idOf } = event;
  if (idOf === null || claims.length === 0) return [];
  const told = claims.slice(0, MAX_CLAIMS_TOLD).map((claim) => {
    return tenant === null ? idOf(claim) : formatClaimKey({ tenant, provider, claimId: idOf(claim) });
  });
  const more = claims.length - told.length;
  return [`  claims: ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function printCurls(options: SendOptions, plan: Plan, target: Target, log: Log): void {
  for (const webhook of plan.webhooks) {
    log(curlLine(target.address(webhook.route), sign(options.provider, target, webhook), target.auth.type));
  }
}

async function sendAll(options: SendOptions, plan: Plan, target: Target, log: Log): Promise<number> {
  const { provider, event, burst, rate, timeoutMs } = options;
  const { webhooks, duplicates } = plan;
  const twice = duplicates > 0 ? `, ${duplicates} of them duplicates` : '';
  log(
    `${provider}: ${webhooks.length} webhook${webhooks.length === 1 ? '' : 's'}${twice}, to ${maskAddress(target.address(event.route))}`,
  );
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  const progress = new Progress(webhooks.length);
  const started = performance.now();
  const answers = await deliver(provider, target, webhooks, {
    burst,
    rate,
    timeoutMs,
    signal: stop.signal,
    onAnswer: ({ length }) => progress.update(length),
  });
  progress.end();
  process.off('SIGINT', onInterrupt);
  for (const line of summaryLines(answers, performance.now() - started)) log(line);
  for (const line of claimLines(options, plan, target)) log(line);
  if (stop.signal.aborted) {
    log(`  interrupted: ${webhooks.length - answers.length} were not sent`);
    return INTERRUPTED;
  }
  return allAccepted(answers) ? 0 : 1;
}

/** A credential that cannot sign (no private key, an unknown type) is found before anything is sent. */
function refuseUnsignable(options: SendOptions, { webhooks }: Plan, target: Target): void {
  if (!webhooks[0]) throw new UsageError('There is nothing in the file to send.');
  try {
    sign(options.provider, target, webhooks[0]);
  } catch (error) {
    throw new UsageError(`The credentials cannot sign: ${error instanceof Error ? error.message : 'unknown reason'}.`);
  }
}

async function send(options: SendOptions, log: Log): Promise<number> {
  const plan = buildPlan(options, await readInput(options));
  const target = await findTarget(options.provider, options.target);
  refuseUnsignable(options, plan, target);
  if (options.dryRun) {
    printCurls(options, plan, target, log);
    return 0;
  }
  if (options.record !== null) await writeRecording(options.record, options.provider, plan.webhooks);
  return sendAll(options, plan, target, log);
}

/** @returns the exit code: 0 all answered 202, 1 some not, 2 wrong usage, 130 interrupted */
export async function run(args: string[], log: Log, logError: Log): Promise<number> {
  try {
    const options = parseSend(args);
    if (options.kind === 'send') return await send(options, log);
    log(helpText(options.provider));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    logError(`${error.message}\n"npm run send -- --help" lists everything.`);
    return 2;
  }
}
