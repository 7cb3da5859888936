import { noticeFacts, type EventFacts } from '@claimwire/contracts';
import { describe, expect, it } from 'vitest';
import { exampleBinding, exampleFacts } from '../../test/examples.js';
import { BindingIndex } from './binding-index.js';
import type { Binding } from './binding-index.js';

const matches = (facts: EventFacts, ...bindings: Binding[]) => new BindingIndex(bindings).match(facts);

describe('matching an event against bindings', () => {
  it('takes every type for "*" and otherwise only the exact one', () => {
    const exact = exampleBinding({ webhookId: 'exact', eventType: 'claim.status_changed' });
    const other = exampleBinding({ webhookId: 'other', eventType: 'claim.updated' });
    const any = exampleBinding({ webhookId: 'any' });
    expect(matches(exampleFacts(), exact, other, any)).toEqual(['exact', 'any']);
  });

  it("never matches another tenant's binding", () => {
    expect(matches(exampleFacts(), exampleBinding({ tenantId: 'other' }))).toEqual([]);
  });

  it('names a webhook once, however many of its bindings match', () => {
    expect(
      matches(
        exampleFacts(),
        exampleBinding(),
        exampleBinding({ eventType: 'claim.status_changed' }),
        exampleBinding(),
      ),
    ).toEqual(['whk_1']);
  });

  it.each([
    ['provider', 'stedi', 'cair'],
    ['connection', 'con_1', 'con_2'],
    ['status', 'denied', 'paid'],
    ['transaction', '277', '835'],
    ['partnership', 'p-1', 'p-2'],
    ['environment', 'production', 'test'],
  ])('filters by %s', (filter, same, different) => {
    expect(matches(exampleFacts(), exampleBinding({ filters: { [filter]: same } }))).toHaveLength(1);
    expect(matches(exampleFacts(), exampleBinding({ filters: { [filter]: different } }))).toHaveLength(0);
    expect(matches(exampleFacts(), exampleBinding({ filters: { [filter]: [different, same] } }))).toHaveLength(1);
    expect(matches(exampleFacts(), exampleBinding({ filters: { [filter]: [] } }))).toHaveLength(0);
  });

  it('wants all filters to hold', () => {
    expect(matches(exampleFacts(), exampleBinding({ filters: { provider: 'stedi', status: 'paid' } }))).toEqual([]);
    expect(
      matches(exampleFacts(), exampleBinding({ filters: { provider: 'stedi', status: ['paid', 'denied'] } })),
    ).toHaveLength(1);
  });

  it('does not hold for an event that has no such value', () => {
    expect(
      matches(exampleFacts({ transaction: null }), exampleBinding({ filters: { transaction: ['277', '835'] } })),
    ).toEqual([]);
  });

  it('treats a null filter as none, and one it does not know as one that does not hold', () => {
    expect(matches(exampleFacts(), exampleBinding({ filters: { provider: null } }))).toHaveLength(1);
    expect(matches(exampleFacts(), exampleBinding({ filters: { color: 'red' } }))).toEqual([]);
  });
});

describe('matching a notice', () => {
  const notice = (entity: string) =>
    noticeFacts(
      {
        id: 'ntc_1',
        type: 'file.failed',
        tenant: 'demo',
        entity,
        occurredAt: 'x',
        receivedAt: 'x',
        data: { provider: 'stedi' },
      },
      'con_1',
    );

  it('goes by its type, its connection and what its data names', () => {
    expect(
      matches(notice('file-1'), exampleBinding({ filters: { provider: 'stedi', connection: 'con_1' } })),
    ).toHaveLength(1);
    expect(matches(notice('file-1'), exampleBinding({ filters: { status: 'denied' } }))).toEqual([]);
  });

  it('never goes to the webhook that it is about', () => {
    expect(matches(notice('whk_1'), exampleBinding(), exampleBinding({ webhookId: 'whk_2' }))).toEqual(['whk_2']);
  });
});
