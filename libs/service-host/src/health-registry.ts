import { Injectable } from '@nestjs/common';

/** true = well; false or a sentence = not, and why. Must return at once: it reads memory, never a store. */
export type HealthCheck = () => boolean | string;

export interface HealthReport {
  ok: boolean;
  /** Check name → "ok" or why not. */
  checks: Record<string, string>;
}

/** What `/livez` and `/readyz` answer. Live = a restart would not help; ready = traffic may come. */
@Injectable()
export class HealthRegistry {
  private readonly readinessChecks = new Map<string, HealthCheck>();
  private readonly livenessChecks = new Map<string, HealthCheck>();

  addReadiness(name: string, check: HealthCheck): void {
    this.readinessChecks.set(name, check);
  }

  addLiveness(name: string, check: HealthCheck): void {
    this.livenessChecks.set(name, check);
  }

  readiness(): HealthReport {
    return report(this.readinessChecks);
  }

  liveness(): HealthReport {
    return report(this.livenessChecks);
  }
}

function report(checks: ReadonlyMap<string, HealthCheck>): HealthReport {
  const results = [...checks].map(([name, check]) => [name, verdict(check)] as const);
  return { ok: results.every(([, text]) => text === 'ok'), checks: Object.fromEntries(results) };
}

function verdict(check: HealthCheck): string {
  try {
    const result = check();
    if (result === true) return 'ok';
    return result === false ? 'not ok' : result;
  } catch (error) {
    return `check failed: ${error instanceof Error ? error.message : 'unknown error'}`;
  }
}
