import { describe, expect, it } from 'vitest';
import type { InboundRequest, Provider } from '../provider.js';
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
