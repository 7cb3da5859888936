import type { LoadGenerator } from '../load/load-generator.js';
import type { IngressBenchOptions } from './options.js';
import type { Scheme } from './schemes.js';
import type { BenchConnections } from './seed-connections.js';
import { type Sample, Target, TARGETS, type TargetName } from './target.js';

export const CONNECTIONS = 64;
export const FIXED_RATE = 500;
/** Until the hot path is compiled. */
const WARM_UP_SECONDS = 6;

/** By server, one sample per round. */
export type Samples = Record<TargetName, Sample[]>;

export interface SchemeResult {
  scheme: Scheme;
  /** 64 connections, each sending when it has its answer. */
  closed: Samples;
  /** 500 requests per second. */
  fixed: Samples;
  /** Webhooks that the ingress accepted and its topic holds. */
  accepted: number;
}

const none = (): Samples => ({ bare: [], publisher: [], ingress: [] });

/** Each round begins with another server, so that none is always the one after a quiet moment. */
const inTurn = <T>(items: readonly T[], round: number): T[] => {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
};

export interface SchemeContext {
  generator: LoadGenerator;
  connections: BenchConnections;
  options: Pick<IngressBenchOptions, 'rounds' | 'seconds' | 'profileTo'>;
  onRound: (line: string) => void;
}

export async function measureScheme(scheme: Scheme, context: SchemeContext): Promise<SchemeResult> {
  const { connections, options } = context;
  const targets: Target[] = [];
  try {
    for (const name of TARGETS) {
      targets.push(await Target.start(name, { scheme, connections, profileTo: options.profileTo }));
    }
    return await measureRounds(scheme, targets, context);
  } finally {
    for (const target of targets) await target.stop();
  }
}

async function measureRounds(
  scheme: Scheme,
  targets: readonly Target[],
  { generator, connections, options: { rounds, seconds }, onRound }: SchemeContext,
): Promise<SchemeResult> {
  const { name, provider, auth, tokens } = scheme;
  const traffic = { name, provider, auth, tokens, token: connections.tokenOf(scheme) };
  const job = { traffic, connections: CONNECTIONS, seconds };
  for (const target of targets) {
    await target.measure(generator, { ...job, seconds: WARM_UP_SECONDS, rate: null });
  }
  const result: SchemeResult = { scheme, closed: none(), fixed: none(), accepted: 0 };
  for (let round = 0; round < rounds; round++) {
    for (const target of inTurn(targets, round)) {
      result.closed[target.name].push(await target.measure(generator, { ...job, rate: null }));
    }
    for (const target of inTurn(targets, round)) {
      result.fixed[target.name].push(await target.measure(generator, { ...job, rate: FIXED_RATE }));
    }
    const rates = TARGETS.map((target) => `${target} ${Math.round(result.closed[target].at(-1)?.perSecond ?? 0)}/s`);
    onRound(`${name} round ${round + 1} of ${rounds}: ${rates.join(', ')}`);
  }
  // The ingress is the last: what counts is what it has accepted.
  for (const target of targets) result.accepted = await target.verify();
  return result;
}
