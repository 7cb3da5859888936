import { createRequire } from 'node:module';

interface RequestQueue {
  pending: unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

/**
 * kafkajs arms a timer with a negative delay after every answered request, even when nothing is pending; Node fires it after
 * 1 ms, it re-arms itself, and each connection polls a thousand times a second for ever (tulios/kafkajs #1751). With an
 * empty queue there is nothing to check: a request that comes later schedules the check itself.
 */
export function quietRequestQueue(): void {
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleOnlyIfPending(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
