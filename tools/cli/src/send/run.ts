import { formatClaimKey } from '@claimwire/contracts';
import type { Cli } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { UsageError } from '../usage-error.js';
import { parseSend, type SendOptions } from './cli-options.js';
import { curlLine, maskAddress } from './curl-line.js';
import { deliver, sign } from './deliver.js';
import { buildPlan, type Plan, type PlanInput } from './plan.js';
import { Progress } from './progress.js';
import { readInputFile, readRecording, writeRecording } from './recording.js';
import { allAccepted, summary, summaryLines } from './summary.js';
import { findTarget, type Target } from './target.js';

/** More would bury the summary. */
const MAX_CLAIMS_TOLD = 5;

type Log = (line: string) => void;

/** Where the result goes, and what ends the run after the answers that are still to come. */
type Output = Pick<Cli, 'print' | 'signal'>;

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

async function sendAll(options: SendOptions, plan: Plan, target: Target, output: Output): Promise<number> {
  const { provider, event, burst, rate, timeoutMs, json } = options;
  const { webhooks, duplicates } = plan;
  const tell: Log = json ? () => undefined : output.print;
  const twice = duplicates > 0 ? `, ${duplicates} of them duplicates` : '';
  tell(
    `${provider}: ${webhooks.length} webhook${webhooks.length === 1 ? '' : 's'}${twice}, to ${maskAddress(target.address(event.route))}`,
  );
  const progress = new Progress(webhooks.length);
  const started = performance.now();
  const answers = await deliver(provider, target, webhooks, {
    burst,
    rate,
    timeoutMs,
    signal: output.signal,
    onAnswer: ({ length }) => progress.update(length),
  });
  progress.end();
  const elapsedMs = performance.now() - started;
  const unsent = webhooks.length - answers.length;
  if (json) output.print(JSON.stringify({ ...summary(answers, elapsedMs), duplicates, unsent, claims: plan.claims }));
  for (const line of summaryLines(answers, elapsedMs)) tell(line);
  for (const line of claimLines(options, plan, target)) tell(line);
  if (output.signal.aborted) {
    tell(`  interrupted: ${unsent} were not sent`);
    return EXIT.interrupted;
  }
  return allAccepted(answers) ? EXIT.ok : EXIT.no;
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

/**
 * @param args as parseSend reads them, without `--help`
 * @returns the exit code: 0 all answered 202, 1 some not, 130 interrupted
 * @throws UsageError before anything is sent
 */
export async function run(args: string[], output: Output): Promise<number> {
  const options = parseSend(args);
  const plan = buildPlan(options, await readInput(options));
  const target = await findTarget(options.provider, options.target);
  refuseUnsignable(options, plan, target);
  if (options.dryRun) {
    printCurls(options, plan, target, output.print);
    return EXIT.ok;
  }
  if (options.record !== null) await writeRecording(options.record, options.provider, plan.webhooks);
  return sendAll(options, plan, target, output);
}
