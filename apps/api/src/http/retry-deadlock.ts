/** deadlock_detected: PostgreSQL has rolled one of two back, and the same work does now. */
const DEADLOCK = '40P01';
const MOST_TRIES = 5;

const isDeadlock = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === DEADLOCK;

/** Runs a transaction again where fan-out, which settles the same rows, was in the way. */
export async function retryDeadlock<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (tries === MOST_TRIES || !isDeadlock(error)) throw error;
    }
  }
}
