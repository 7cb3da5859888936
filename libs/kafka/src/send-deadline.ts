import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';

interface SocketRequest {
  entry: { correlationId: number; reject(error: Error): void };
  sendRequest: () => void;
}

interface RequestQueue {
  inflight: Map<number, unknown>;
  push: (this: RequestQueue, request: SocketRequest) => void;
  checkPendingRequests(): void;
}

/** performance.now() after which a request of this work may not be written any more. */
const deadline = new AsyncLocalStorage<number>();

/** Not written, because its time was over: nothing has reached the broker. */
class TooLateToSendError extends Error {
  readonly code = 'publish_timeout';
  readonly retriable = false;
  override readonly name = 'TooLateToSendError';
}

/** Runs a send of which nothing is written to a socket after `notAfter`, kafkajs' own retries included. */
export function sendBefore<T>(notAfter: number, send: () => Promise<T>): Promise<T> {
  return deadline.run(notAfter, send);
}

/**
 * Makes kafkajs look at the clock in the moment in which it writes. Whoever sends under a lease has looked before, but a process can be
 * stopped in between (a paused container, a machine that swaps) and wake when the lease is another's: what it then wrote would
 * come after what the other has sent.
 */
export function refuseLateWrites(): void {
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const { push } = prototype;
  prototype.push = function pushInTime(this: RequestQueue, request: SocketRequest) {
    const notAfter = deadline.getStore();
    push.call(this, notAfter === undefined ? request : inTime(this, request, notAfter));
  };
}

function inTime(queue: RequestQueue, request: SocketRequest, notAfter: number): SocketRequest {
  const { entry, sendRequest } = request;
  return {
    ...request,
    sendRequest: () => {
      if (performance.now() <= notAfter) return sendRequest();
      // kafkajs counts it among those that wait for an answer right before it calls us.
      queue.inflight.delete(entry.correlationId);
      queueMicrotask(() => queue.checkPendingRequests());
      entry.reject(new TooLateToSendError('the deadline passed before the request was written'));
    },
  };
}
