import type { LoadGenerator } from '../load/load-generator.js';
import { floors, slope, type Point } from '../stats/statistics.js';
import { FIXED_RATE, CONNECTIONS } from './measure-scheme.js';
import type { Scheme } from './schemes.js';
import type { BenchConnections } from './seed-connections.js';
import { type Sample, Target } from './target.js';

export interface SoakResult {
  scheme: string;
  seconds: number;
  accepted: number;
  perSecond: number;
  worstP99Ms: number;
  /** MiB of resident memory: at the end of the warm-up, at the end, greatest. */
  firstMiB: number;
  lastMiB: number;
  maxMiB: number;
  /** Of the lowest memory of each ten seconds, over the second half, when caches and the heap have found their size. */
  slopeMiBPerMinute: number;
  /** The slope is at most what one measures of a process that keeps nothing. */
  flat: boolean;
}

/** In ten minutes of 2,000 requests/s: eighteen bytes per request would be seen. */
const FLAT_MIB_PER_MINUTE = 2;
const FLOOR_SECONDS = 10;

export interface SoakContext {
  generator: LoadGenerator;
  connections: BenchConnections;
  seconds: number;
  profileTo: string | null;
  onProgress: (line: string) => void;
}

/** Half of what the ingress takes at least: a soak is about memory over time, not about the limit. */
const SOAK_RATE = 4 * FIXED_RATE;
const SLICE_SECONDS = 30;
const MIB = 1024 * 1024;
const MINUTE_SECONDS = 60;

/** Reads memory once a second while `work` runs. */
async function sampling(target: Target, points: Point[], work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const x = (performance.now() - startedAt) / 1_000;
    void target.memory().then((bytes) => void (bytes !== null && points.push({ x, y: bytes / MIB })));
  }, 1_000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

export async function soak(scheme: Scheme, context: SoakContext): Promise<SoakResult> {
  const { generator, connections, seconds, profileTo, onProgress } = context;
  const { name, provider, auth, tokens } = scheme;
  const traffic = { name, provider, auth, tokens, token: connections.tokenOf(scheme) };
  const target = await Target.start('ingress', { scheme, connections, profileTo });
  const points: Point[] = [];
  const samples: Sample[] = [];
  try {
    await sampling(target, points, async () => {
      for (let left = seconds; left > 0; left -= SLICE_SECONDS) {
        const slice = { traffic, connections: CONNECTIONS, seconds: Math.min(left, SLICE_SECONDS), rate: SOAK_RATE };
        const sample = await target.measure(generator, slice);
        samples.push(sample);
        onProgress(`${name}: p99 ${sample.p99.toFixed(1)} ms, ${points.at(-1)?.y.toFixed(0)} MiB, ${left} s left`);
      }
    });
    return { ...summarise(points, samples), scheme: name, seconds, accepted: await target.verify() };
  } finally {
    await target.stop();
  }
}

type Summary = Omit<SoakResult, 'scheme' | 'seconds' | 'accepted'>;

function summarise(points: readonly Point[], samples: readonly Sample[]): Summary {
  const settled = points.slice(Math.floor(points.length / 2));
  const slopeMiBPerMinute = slope(floors(settled, FLOOR_SECONDS)) * MINUTE_SECONDS;
  return {
    perSecond: samples.reduce((sum, { perSecond }) => sum + perSecond, 0) / samples.length,
    worstP99Ms: Math.max(...samples.map(({ p99 }) => p99)),
    firstMiB: points[0]?.y ?? NaN,
    lastMiB: points.at(-1)?.y ?? NaN,
    maxMiB: Math.max(...points.map(({ y }) => y)),
    slopeMiBPerMinute,
    flat: slopeMiBPerMinute <= FLAT_MIB_PER_MINUTE,
  };
}

export function soakReport(result: SoakResult): string {
  const { scheme, seconds, accepted, perSecond, worstP99Ms, firstMiB, lastMiB, maxMiB, slopeMiBPerMinute, flat } =
    result;
  return [
    `${scheme}: ${seconds} s at ${perSecond.toFixed(0)} requests/s; ${accepted} accepted, its topic holds as many`,
    `worst p99 of ${SLICE_SECONDS} s: ${worstP99Ms.toFixed(1)} ms`,
    `resident memory: ${firstMiB.toFixed(0)} MiB at first, ${lastMiB.toFixed(0)} at the end, ${maxMiB.toFixed(0)} at most`,
    `slope over the second half: ${slopeMiBPerMinute.toFixed(2)} MiB per minute: ${flat ? 'flat' : 'NOT FLAT'}`,
  ].join('\n');
}
