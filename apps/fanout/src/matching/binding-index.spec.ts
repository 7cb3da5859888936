import { noticeFacts, type EventFacts } from '@claimwire/contracts';
import { describe, expect, it } from 'vitest';
import { BindingIndex } from './binding-index.js';
import type { Binding } from './binding-index.js';

const event = (more: Partial<EventFacts> = {}): EventFacts => ({
  id: 'evt_1',
  type: 'claim.status_changed',
  tenant: 'demo',
  claimKey: 'demo/stedi/1',
  version: 1,
  receivedAt: '2025-03-11T14:35:01.120Z',
  entity: null,
  provider: 'stedi',
  connection: 'con_1',
  status: 'denied',
  transaction: '277',
  partnership: 'p-1',
  environment: 'production',
  ...more,
});
const binding = (more: Partial<Binding> = {}): Binding => ({
  tenantId: 'demo',
  webhookId: 'whk_1',
  eventType: '*',
  filters: {},
  ...more,
});
const matches = (facts: EventFacts, ...bindings: Binding[]) => new BindingIndex(bindings).match(facts);

describe('matching an event against bindings', () => {
  it('takes every type for "*" and otherwise only the exact one', () => {
    const exact = binding({ webhookId: 'exact', eventType: 'claim.status_changed' });
    const other = binding({ webhookId: 'other', eventType: 'claim.updated' });
    const any = binding({ webhookId: 'any' });
    expect(matches(event(), exact, other, any)).toEqual(['exact', 'any']);
  });

  it("never matches another tenant's binding", () => {
    expect(matches(event(), binding({ tenantId: 'other' }))).toEqual([]);
  });

  it('names a webhook once, however many of its bindings match', () => {
    expect(matches(event(), binding(), binding({ eventType: 'claim.status_changed' }), binding())).toEqual(['whk_1']);
  });

  it.each([
    ['provider', 'stedi', 'cair'],
    ['connection', 'con_1', 'con_2'],
    ['status', 'denied', 'paid'],
    ['transaction', '277', '835'],
    ['partnership', 'p-1', 'p-2'],
    ['environment', 'production', 'test'],
  ])('filters by %s', (filter, same, different) => {
    expect(matches(event(), binding({ filters: { [filter]: same } }))).toHaveLength(1);
    expect(matches(event(), binding({ filters: { [filter]: different } }))).toHaveLength(0);
    expect(matches(event(), binding({ filters: { [filter]: [different, same] } }))).toHaveLength(1);
    expect(matches(event(), binding({ filters: { [filter]: [] } }))).toHaveLength(0);
  });

  it('wants all filters to hold', () => {
    expect(matches(event(), binding({ filters: { provider: 'stedi', status: 'paid' } }))).toEqual([]);
    expect(matches(event(), binding({ filters: { provider: 'stedi', status: ['paid', 'denied'] } }))).toHaveLength(1);
  });

  it('does not hold for an event that has no such value', () => {
    expect(matches(event({ transaction: null }), binding({ filters: { transaction: ['277', '835'] } }))).toEqual([]);
  });

  it('treats a null filter as none, and one it does not know as one that does not hold', () => {
    expect(matches(event(), binding({ filters: { provider: null } }))).toHaveLength(1);
    expect(matches(event(), binding({ filters: { color: 'red' } }))).toEqual([]);
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
    expect(matches(notice('file-1'), binding({ filters: { provider: 'stedi', connection: 'con_1' } }))).toHaveLength(1);
    expect(matches(notice('file-1'), binding({ filters: { status: 'denied' } }))).toEqual([]);
  });

  it('never goes to the webhook that it is about', () => {
    expect(matches(notice('whk_1'), binding(), binding({ webhookId: 'whk_2' }))).toEqual(['whk_2']);
  });
});
