import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundRequest, Provider } from '../provider.js';
import { CANARY } from './arbitrary-bodies.js';
import type { AuthSample, ConformanceFixtures } from './fixtures.js';
import { connectionOf, NOW } from './sample-events.js';

type Headers = InboundRequest['headers'];

const mapValues = (headers: Headers, change: (value: string) => string): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(String(value))]));

/** Another last character of the same alphabet, so that only the value is wrong and not its form. */
const alterLast = (value: string): string => {
  const at = value.replace(/=+$/, '').length - 4;
  return value.slice(0, at) + (value[at] === 'a' ? 'b' : 'a') + value.slice(at + 1);
};

interface OddHeader {
  value: Headers[string];
  /** Nothing in it can be the genuine value; a damaged one may still say the same (letter case, unused bits of base64). */
  hopeless: boolean;
}

/** The headers of a genuine request, each as it is, damaged, several times, something else, or missing. */
function oddHeaders(genuine: Headers): fc.Arbitrary<Record<string, OddHeader>> {
  const odd = (value: string): fc.Arbitrary<OddHeader> => {
    const damage = fc.record({ at: fc.nat({ max: value.length }), text: fc.string({ unit: 'binary', maxLength: 3 }) });
    return fc.oneof(
      damage.map(({ at, text }) => ({
        value: value.slice(0, at) + text + value.slice(at + text.length),
        hopeless: false,
      })),
      fc
        .oneof(
          fc.constantFrom(undefined, '', [value, value], [], CANARY, `${value}, ${value}`),
          fc.string({ unit: 'binary', maxLength: 300 }),
        )
        .map((other) => ({ value: other, hopeless: true })),
    );
  };
  return fc.record(Object.fromEntries(Object.entries(genuine).map(([name, value]) => [name, odd(String(value))])));
}

export function describeVerification(provider: Provider, { auths, bodies }: ConformanceFixtures): void {
  const body = bodies.find((sample) => sample.route !== undefined)?.body ?? Buffer.from('{}');

  describe.each(auths)('verification with $name', (sample: AuthSample) => {
    const verify = async (headers: Headers, bytes = body) =>
      provider.verify({ headers, body: bytes }, connectionOf(provider, sample.auth), NOW);

    const expectRefused = async (headers: Headers, bytes = body) => {
      const verification = await verify(headers, bytes);
      expect(verification).toEqual({ ok: false, reason: expect.stringMatching(/^[a-z_]+$/) as string });
    };

    it('accepts what the genuine sender signed', async () => {
      expect(await verify(sample.sign(body, NOW))).toEqual({ ok: true });
    });

    it(
      sample.unsignedAccepted ? 'accepts a request without credentials' : 'refuses a request without credentials',
      async () => {
        if (sample.unsignedAccepted) expect(await verify({})).toEqual({ ok: true });
        else await expectRefused({});
      },
    );

    const { signWrongly } = sample;
    if (signWrongly)
      it('refuses the credentials of somebody else', async () => {
        await expectRefused(signWrongly(body, NOW));
      });

    if (signWrongly)
      it('refuses altered, truncated and lengthened credentials', async () => {
        const genuine = sample.sign(body, NOW);
        await expectRefused(mapValues(genuine, alterLast));
        await expectRefused(mapValues(genuine, (value) => value.slice(0, -5)));
        await expectRefused(mapValues(genuine, (value) => `${value}abcd`));
        await expectRefused(mapValues(genuine, () => '\u00e9'));
      });

    if (signWrongly)
      it('refuses two of them, separate or joined by a comma', async () => {
        const genuine = sample.sign(body, NOW);
        const wrong = signWrongly(body, NOW);
        const twice = Object.entries(genuine).map(([name, value]) => [name, [String(value), String(wrong[name])]]);
        await expectRefused(Object.fromEntries(twice) as Headers);
        await expectRefused(mapValues(genuine, (value) => `${value}, ${value}`));
      });

    if (sample.coversBody)
      it('covers the raw bytes: JSON that says the same in other bytes is refused', async () => {
        const genuine = sample.sign(body, NOW);
        const reserialised = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
        await expectRefused(genuine, reserialised);
        await expectRefused(genuine, body.subarray(0, -1));
        await expectRefused(genuine, Buffer.concat([body, Buffer.from(' ')]));
      });

    if (signWrongly)
      it('refuses whatever else stands in its headers, without throwing', async () => {
        const check = async (odd: Record<string, OddHeader>): Promise<void> => {
          const headers = Object.fromEntries(Object.entries(odd).map(([name, { value }]) => [name, value]));
          const verification = await verify(headers);
          const unsigned = Object.values(headers).every((value) => value === undefined);
          if (sample.unsignedAccepted && unsigned) expect(verification.ok).toBe(true);
          else if (Object.values(odd).some(({ hopeless }) => hopeless)) expect(verification.ok).toBe(false);
          if (!verification.ok) expect(verification.reason).toMatch(/^[a-z_]+$/);
        };
        await fc.assert(fc.asyncProperty(oddHeaders(sample.sign(body, NOW)), check));
      });

    it('never throws, whatever the configuration holds', async () => {
      const broken = { ...connectionOf(provider, { type: sample.auth.type }) };
      const headers = sample.sign(body, NOW);
      const verification = await provider.verify({ headers, body }, broken, NOW);
      if (!sample.unsignedAccepted) expect(verification.ok).toBe(false);
    });
  });

  it('refuses every request where the auth type is none of its own', async () => {
    const verification = await provider.verify({ headers: {}, body }, connectionOf(provider, { type: 'magic' }), NOW);
    expect(verification.ok).toBe(false);
  });
}
