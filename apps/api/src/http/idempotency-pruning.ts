import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { REMEMBERED } from './idempotency.interceptor.js';

const EVERY_MS = 3_600_000;
const CHUNK = 5_000;

const PRUNE = `
with gone as (
  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where created_at < now() - ${REMEMBERED} limit ${CHUNK} for update skip locked))
  returning key
) select count(*)::int as count from gone`;

/** Removes the keys that may be used anew. @returns how many */
export async function pruneIdempotencyKeys(dataSource: Pick<DataSource, 'query'>): Promise<number> {
  for (let total = 0; ;) {
    const [{ count } = { count: 0 }]: { count: number }[] = await dataSource.query(PRUNE);
    total += count;
    if (count < CHUNK) return total;
  }
}

/** Once an hour, by each replica: they skip what another one is removing. */
@Injectable()
export class IdempotencyPruning implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('api');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.prune();
    this.timer = setInterval(() => this.prune(), EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** A failure is an outage that the next time makes good. */
  private prune(): void {
    this.running = pruneIdempotencyKeys(this.dataSource).then(
      () => undefined,
      () => this.logger.warn({ msg: 'idempotency keys could not be pruned' }),
    );
  }
}
