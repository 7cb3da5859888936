import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

type Work<T> = (manager: EntityManager) => Promise<T>;

const current = new AsyncLocalStorage<RequestTransaction>();

/**
 * One transaction for all that a request does in `dataSource.transaction`: it is committed by whoever began the request,
 * with what is to be remembered of it. Work that throws rolls everything back.
 */
export class RequestTransaction {
  private runner: QueryRunner | null = null;

  constructor(private readonly dataSource: DataSource) {}

  /** Inside of it, transactions of the data source are this one (`joinRequests`). */
  within<T>(handle: () => Promise<T>): Promise<T> {
    return current.run(this, handle);
  }

  /** Of the transaction; outside of it where the request began none. */
  get manager(): EntityManager {
    return this.runner?.manager ?? this.dataSource.manager;
  }

  async join<T>(work: Work<T>): Promise<T> {
    this.runner ??= await this.begin();
    try {
      return await work(this.runner.manager);
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  async commit(): Promise<void> {
    await this.runner?.commitTransaction();
    await this.release();
  }

  /** Never throws: a connection that is gone has rolled back by itself. */
  async rollback(): Promise<void> {
    await this.runner?.rollbackTransaction().catch(() => undefined);
    await this.release().catch(() => undefined);
  }

  private async begin(): Promise<QueryRunner> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction();
      return runner;
    } catch (error) {
      await runner.release();
      throw error;
    }
  }

  private async release(): Promise<void> {
    const { runner } = this;
    this.runner = null;
    await runner?.release();
  }
}

/** From now on a transaction that is begun while a request has one joins it. */
export function joinRequests(dataSource: DataSource): void {
  const begin = dataSource.transaction.bind(dataSource) as <T>(work: Work<T>) => Promise<T>;
  const transaction = <T>(work: Work<T>): Promise<T> => current.getStore()?.join(work) ?? begin(work);
  Object.assign(dataSource, { transaction });
}
