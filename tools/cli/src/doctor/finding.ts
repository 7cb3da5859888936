/** skip = not looked at, and why. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip';

/** One line of the doctor's. */
export interface Finding {
  check: string;
  verdict: Verdict;
  /** What is there. Never a secret. */
  detail: string;
  /** What to do; none where all is well. */
  remedy?: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, verdict: 'ok', detail });
export const skip = (check: string, detail: string): Finding => ({ check, verdict: 'skip', detail });
export const warn = (check: string, detail: string, remedy: string): Finding => ({
  check,
  verdict: 'warn',
  detail,
  remedy,
});
export const fail = (check: string, detail: string, remedy: string): Finding => ({
  check,
  verdict: 'fail',
  detail,
  remedy,
});

/** Worse in production than elsewhere. */
export const risk = (production: boolean, check: string, detail: string, remedy: string): Finding =>
  production ? fail(check, detail, remedy) : warn(check, detail, remedy);

/** On this machine, where nobody else can listen. @param host without a port */
export const isLoopback = (host: string): boolean => /^(localhost|127\.|\[?::1\]?$)/.test(host);
