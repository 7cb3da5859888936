import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { InFlightBudget } from './in-flight-budget.js';
import { readBody } from './read-body.js';
import { WebhookRequest } from './webhook-request.js';

/** Answers each body with itself. @param wait until when nothing is read */
async function echoing(wait: (request: WebhookRequest) => Promise<unknown> | null) {
  const seen: WebhookRequest[] = [];
  const server = createServer({ IncomingMessage: WebhookRequest }, (request, response) => {
    seen.push(request);
    const answer = async (): Promise<void> => {
      const waiting = wait(request);
      if (waiting) await waiting;
      const reading = await readBody(request, 1_000, new InFlightBudget(10_000).open());
      response.end(reading.kind === 'complete' ? reading.body : reading.kind);
    };
    void answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const post = async (body: string): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    return (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body })).text();
  };
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { seen, post, close };
}

describe('a webhook whose body is taken as it comes', () => {
  it('goes by no stream: there are no listeners, and Node counts it as read', async () => {
    const { seen, post, close } = await echoing(() => null);
    expect(await post('abc')).toBe('abc');
    expect(seen[0]?.eventNames()).not.toContain('error');
    expect(seen[0]).toMatchObject({ complete: true, readableEnded: true, aborted: false, readableLength: 0 });
    close();
  });

  it('is read from the stream where bytes came before anybody took them', async () => {
    const { seen, post, close } = await echoing(async (request) => {
      while (request.readableLength === 0) await nextTurn();
    });
    expect(await post('abc')).toBe('abc');
    expect(seen[0]?.eventNames()).toContain('error');
    close();
  });
});
