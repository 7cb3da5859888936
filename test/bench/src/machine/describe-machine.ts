import { createPool } from '@claimwire/postgres';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  node: string;
  /** Mean number of running processes over the last minute: near 0, else other work was measured too. */
  loadAtStart: number;
  postgres: string;
  fsync: string;
}

const ONE_DECIMAL = 10;
const GIB = 1024 ** 3;
const round = (value: number): number => Math.round(value * ONE_DECIMAL) / ONE_DECIMAL;

export async function describeMachine(databaseUrl: string): Promise<Machine> {
  const loadAtStart = round(loadavg()[0] ?? NaN);
  const pool = createPool(databaseUrl, 1);
  try {
    const settings = `select current_setting('server_version') as postgres, current_setting('fsync') as fsync`;
    const { rows } = await pool.query<{ postgres: string; fsync: string }>(settings);
    return {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGiB: round(totalmem() / GIB),
      node: process.version,
      loadAtStart,
      postgres: rows[0]?.postgres ?? 'unknown',
      fsync: rows[0]?.fsync ?? 'unknown',
    };
  } finally {
    await pool.end();
  }
}

export function machineLines({ processor, cores, memoryGiB, node, loadAtStart, postgres, fsync }: Machine): string[] {
  const noisy = loadAtStart > cores / 4;
  return [
    `machine: ${cores} × ${processor}, ${memoryGiB} GiB, Node ${node}, PostgreSQL ${postgres} (fsync ${fsync})`,
    `load at start: ${loadAtStart}${noisy ? ': NOT QUIET, compare the ratios only' : ''}`,
  ];
}
