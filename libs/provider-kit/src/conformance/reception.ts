import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Provider, Reception } from '../provider.js';
import { anyBody, mutatedBody } from './arbitrary-bodies.js';
import { fuzz } from './fuzz.js';
import type { ConformanceFixtures } from './fixtures.js';
import { changed, routeOf } from './sample-events.js';

/** A Kafka key and header must hold what was received, whatever it was. */
function expectUsable(reception: Reception): void {
  if (reception.kind === 'malformed') {
    expect(reception.reason).toMatch(/^[a-z_]+$/);
    return;
  }
  expect(reception.entityId).not.toBe('');
  expect(() => encodeURIComponent(reception.entityId)).not.toThrow();
  expect(reception.eventType).toMatch(/^[\x21-\x7e]+$/);
}

export function describeReception(provider: Provider, { bodies }: ConformanceFixtures): void {
  for (const sample of bodies) {
    if (sample.route === undefined) continue;
    const route = routeOf(provider, sample.route);
    const identityOf = (body: Buffer) => {
      const reception = route.receive(body);
      return reception.kind === 'accepted' ? reception.identity : reception;
    };

    describe(`receiving ${sample.name}`, () => {
      it('accepts it, with the same identity every time', () => {
        expect(route.receive(sample.body).kind).toBe('accepted');
        expect(route.receive(sample.body)).toEqual(route.receive(Buffer.from(sample.body)));
      });

      if (sample.changeFact)
        it('gives a body with a changed fact another identity', () => {
          expect(identityOf(changed(sample, sample.changeFact!))).not.toEqual(identityOf(sample.body));
        });

      if (sample.resend)
        it('gives the same fact sent again the same identity', () => {
          expect(identityOf(changed(sample, sample.resend!))).toEqual(identityOf(sample.body));
        });

      it('takes damaged bodies without throwing, and the same way every time', () => {
        fuzz(fc.oneof(mutatedBody(sample), anyBody), (body) => {
          const reception = route.receive(body);
          expectUsable(reception);
          expect(route.receive(body)).toEqual(reception);
        });
      });
    });
  }
}
