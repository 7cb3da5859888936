import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claimFacts, deliveryOf } from '../test/arbitrary-facts.js';
import { storeClaim } from '../test/claim-store.js';

const SCHEMAS = join(dirname(createRequire(import.meta.url).resolve('@claimwire/contracts/package.json')), 'schemas');

const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
for (const file of readdirSync(SCHEMAS)) ajv.addSchema(JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as object);

function errorsOf(name: string, message: unknown) {
  const validate = ajv.getSchema(`${name}.schema.json`)!;
  return validate(JSON.parse(JSON.stringify(message))) ? [] : validate.errors;
}

/** As provider modules state them: a hash as the id, times with 3 or 6 fraction digits. */
const asProvidersState = claimFacts.map((facts) =>
  facts.map((stated) => ({
    ...stated,
    eventId: `evt_${stated.eventId.slice('evt_'.length).padStart(32, '0')}`,
    occurredAt: new Date(stated.occurredAt).toISOString(),
  })),
);

it('L18 emits only messages and states that contracts describe', () => {
  fc.assert(
    fc.property(asProvidersState.chain(deliveryOf), (delivery) => {
      const { events, state } = storeClaim(delivery);
      for (const { message } of events) expect(errorsOf('claim-event', message)).toEqual([]);
      expect(errorsOf('claim-state', state)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
