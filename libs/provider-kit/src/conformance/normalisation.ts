import { CLAIM_STATUSES, NOTICE_TYPES, parseClaimKey } from '@claimwire/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFields, findDrift } from '../find-drift.js';
import { parseJsonObject } from '../json.js';
import type { NormaliseOutcome, Provider } from '../provider.js';
import { anyBody, mutatedBody } from './arbitrary-bodies.js';
import { fuzz } from './fuzz.js';
import type { BodySample, ConformanceFixtures } from './fixtures.js';
import { changed, rawEventOf, sourceOf } from './sample-events.js';

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.(?:\d{3}|\d{6})Z$/;
const DECIMAL = /^-?\d+\.\d{2,}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const expectDecimal = (value: string | null | undefined): void => {
  if (value !== null && value !== undefined) expect(value).toMatch(DECIMAL);
};

/** What every later stage relies on, whatever the body was. */
function expectSound(outcome: NormaliseOutcome): void {
  switch (outcome.kind) {
    case 'quarantine':
    case 'ignored':
      expect(outcome.reason).toMatch(/^[a-z_]+$/);
      return;
    case 'notice':
      expect(NOTICE_TYPES).toContain(outcome.notice.type);
      expect(outcome.notice.occurredAt).toMatch(TIMESTAMP);
      break;
    case 'facts':
      outcome.facts.forEach(expectSoundFact);
  }
  // PostgreSQL's jsonb takes neither NUL nor lone surrogates: one would poison its batch.
  expect(JSON.stringify(outcome)).not.toMatch(/\\u0000|\\ud[89a-f]/);
}

function expectSoundFact(fact: Extract<NormaliseOutcome, { kind: 'facts' }>['facts'][number]): void {
  expect(CLAIM_STATUSES).toContain(fact.status);
  expect(fact.occurredAt).toMatch(TIMESTAMP);
  expect(parseClaimKey(fact.claimKey).tenant).toBe('demo');
  expect(fact.sequence.every((part) => Number.isSafeInteger(part))).toBe(true);
  Object.values(fact.amounts).forEach(expectDecimal);
  [...fact.reasons, ...fact.lines.flatMap((line) => line.reasons)].forEach((reason) => {
    expect(reason.code).not.toBe('');
    expectDecimal(reason.amount);
  });
  fact.lines.forEach((line) => [line.billed, line.approved, line.paid].forEach(expectDecimal));
  if (fact.remittance) {
    const { billed, paid, patientResponsibility, productionDate } = fact.remittance;
    [billed, paid, patientResponsibility].forEach(expectDecimal);
    expect(productionDate).toMatch(DAY);
  }
  for (const range of [fact.serviceDates, ...fact.lines.map((line) => line.serviceDates)]) {
    if (range) expect(range.start <= range.end).toBe(true);
  }
}

function describeSample(provider: Provider, sample: BodySample): void {
  const source = sourceOf(provider, sample.source);
  const normalise = (body: Buffer) => source.normalise(rawEventOf(provider, sample, body));

  describe(`normalising ${sample.name}`, () => {
    it('has the expected outcome, the same every time', () => {
      const outcome = normalise(sample.body);
      expect(outcome.kind).toBe(sample.expect);
      expectSound(outcome);
      expect(normalise(sample.body)).toEqual(outcome);
    });

    it('lets no personal data out', () => {
      const text = JSON.stringify(normalise(sample.body)).toLowerCase();
      for (const canary of sample.canaries) {
        expect(sample.body.toString()).toContain(canary);
        expect(text).not.toContain(canary.toLowerCase());
      }
    });

    const { unknownStatus } = sample;
    if (unknownStatus)
      it('keeps an undocumented status as unknown, with the original', () => {
        const outcome = normalise(changed(sample, (body) => unknownStatus.set(body)));
        const facts = outcome.kind === 'facts' ? outcome.facts : [];
        expect(facts).toEqual([expect.objectContaining({ status: 'unknown', providerStatus: unknownStatus.original })]);
      });

    it('takes damaged bodies without throwing, and the same way every time', () => {
      const check = (body: Buffer): void => {
        const outcome = normalise(body);
        expectSound(outcome);
        expect(normalise(body)).toEqual(outcome);
      };
      fuzz(fc.oneof(mutatedBody(sample), anyBody), check, 300);
    });
  });
}

/** A sample is documented: what the drift report says of it would be said of every event. */
function describeKnownFields(provider: Provider, sample: BodySample): void {
  it(`has no schema drift in ${sample.name}`, () => {
    const { headers, body } = rawEventOf(provider, sample, sample.body);
    const known = provider.knownFields?.(headers.type);
    const parsed = parseJsonObject(body);
    if (!known || !parsed) throw new Error(`${headers.type} is not described`);
    const drift: string[] = [];
    findDrift(compileFields(known), parsed, (kind, path) => drift.push(`${kind} ${path}`));
    expect(drift).toEqual([]);
  });
}

export function describeNormalisation(provider: Provider, { bodies }: ConformanceFixtures): void {
  for (const sample of bodies) {
    describeSample(provider, sample);
    if (provider.knownFields) describeKnownFields(provider, sample);
  }

  it('has a sample for every source', () => {
    expect([...new Set(bodies.map(({ source }) => source))].sort()).toEqual(
      provider.sources.map(({ source }) => source).sort(),
    );
  });
}
