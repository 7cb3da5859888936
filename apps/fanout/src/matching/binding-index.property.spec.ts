import { BINDING_FILTERS, explainBinding, type EventFacts } from '@claimwire/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleBinding, exampleFacts } from '../../test/examples.js';
import { BindingIndex } from './binding-index.js';
import type { Binding } from './binding-index.js';

const matches = (facts: EventFacts, ...bindings: Binding[]) => new BindingIndex(bindings).match(facts);

describe('the index', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const filters = fc.dictionary(
    fc.constantFrom(...BINDING_FILTERS, 'unknown'),
    fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.constant(null)),
    { maxKeys: 3 },
  );
  const values = fc.record(Object.fromEntries(BINDING_FILTERS.map((name) => [name, fc.option(word)])));
  const type = fc.constantFrom('claim.updated', 'claim.status_changed');

  it('sends exactly what the explanation of a binding has no objection to', () => {
    fc.assert(
      fc.property(
        fc.oneof(type, fc.constant('*')),
        filters,
        values,
        type,
        fc.constantFrom(null, 'whk_1'),
        (...drawn) => {
          const [eventType, wanted, own, ofType, entity] = drawn;
          const facts = exampleFacts({ ...own, type: ofType, entity });
          const objections = explainBinding({ eventType, filters: wanted }, facts, 'whk_1');
          expect(matches(facts, exampleBinding({ eventType, filters: wanted }))).toEqual(
            objections.length === 0 ? ['whk_1'] : [],
          );
        },
      ),
    );
  });

  it('with some webhooks replaced matches as one made of all that is there then', () => {
    const binding = fc.record({
      ...{ tenantId: fc.constantFrom('demo', 'other'), webhookId: fc.constantFrom('1', '2', '3', '4') },
      ...{ eventType: fc.oneof(type, fc.constant('*')), filters },
    });
    // A webhook is of one tenant.
    const owned = fc
      .array(binding)
      .map((all) => all.map((one) => ({ ...one, webhookId: `${one.tenantId}-${one.webhookId}` })));
    const changed = fc.subarray(['demo-1', 'demo-2', 'other-1', 'other-3']).map((ids) => new Set(ids));
    fc.assert(
      fc.property(owned, owned, changed, values, type, (before, drawn, ids, own, ofType) => {
        const replaced = drawn.filter(({ webhookId }) => ids.has(webhookId));
        const kept = before.filter(({ webhookId }) => !ids.has(webhookId));
        const next = new BindingIndex(before).with(ids, replaced);
        for (const tenant of ['demo', 'other']) {
          const facts = exampleFacts({ ...own, type: ofType, tenant });
          expect(next.match(facts).toSorted()).toEqual(matches(facts, ...kept, ...replaced).toSorted());
        }
      }),
    );
  });
});
