import { fail, ok, warn, type Finding } from './finding.js';

/** A second is what leases and signatures bear; half a minute is a tenth of what a signature may be old. */
const WARN_MS = 1_000;
const FAIL_MS = 30_000;

/**
 * How far another clock is from this machine's.
 * @param theirs what it said
 * @param asked by this machine's clock, milliseconds since 1970
 * @param answered the same; the truth lies between both
 */
export function clockFinding(check: string, theirs: number, asked: number, answered: number): Finding {
  if (!(theirs > 0)) return warn(check, 'not told', 'The brokers say no time of their own.');
  const skew = theirs < asked ? theirs - asked : theirs > answered ? theirs - answered : 0;
  const detail = `${skew === 0 ? 'the same' : `${skew > 0 ? 'ahead by' : 'behind by'} ${Math.abs(skew)} ms`} (to ${answered - asked} ms)`;
  const remedy = 'Run NTP (chrony) on both machines: signatures, leases and retries go by the clock.';
  if (Math.abs(skew) >= FAIL_MS) return fail(check, detail, remedy);
  return Math.abs(skew) >= WARN_MS ? warn(check, detail, remedy) : ok(check, detail);
}
