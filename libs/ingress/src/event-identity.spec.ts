import type { ConnectionConfig } from '@claimwire/provider-kit';
import { PROVIDERS, providerByName } from '@claimwire/providers';
import {
  cairStatusChange,
  curacelPileDone,
  curacelVetted,
  phpJson,
  type ProviderName,
  stediFileDelivered,
  stediFileFailed,
  stediThinEvent,
  stediTransactionEvent,
  tpaClaim,
  tpaCrawl,
} from '@claimwire/testkit/senders';
import { describe, expect, it } from 'vitest';
import { buildRecord } from './build-record.js';

/** The id that the ingress gives to a body. */
function idOf(provider: ProviderName, body: object | string, route = 'webhook', tenant = 'acme'): string {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const target = providerByName(provider)!.routes.find(({ name }) => name === route)!;
  const reception = target.receive(bytes);
  expect(reception.kind).toBe('accepted');
  const connection: ConnectionConfig = { id: 'con_1', tenant, provider, auth: { type: 'none' }, settings: {} };
  const received = { connection, route, reception, body: bytes, contentType: 'application/json', traceparent: '' };
  return buildRecord({ ...received, receivedAt: new Date() }).id;
}

type Path = (string | number)[];

/** Every value in a body that has no parts of its own, by its path. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...path, key]));
}

const valueAt = (body: unknown, path: Path): unknown =>
  path.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], body);

/** The body with another value of the same kind at the path: one that its reader takes as well. */
function altered(body: object, path: Path): object {
  const copy = structuredClone(body);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  parent[path.at(-1)!] = otherThan(valueAt(copy, path));
  return copy;
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 'something';
  const isTime = /^\d{4}-\d\d-\d\dT/.test(value);
  return isTime ? value.replace(/^\d{4}/, (year) => String(Number(year) - 1)) : `${value}x`;
}

/** The same JSON with its members the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

interface Sample {
  name: string;
  provider: ProviderName;
  route?: string;
  body: object;
}

/** What has no id of its own: a body is an event, and every one of its facts is part of its identity. */
const HASHED: Sample[] = [
  { name: 'a status change of CAIR', provider: 'cair', body: cairStatusChange({ statusCode277: '12' }) },
  { name: 'claim.vetted of Curacel', provider: 'curacel', body: curacelVetted() },
  { name: 'claim.pile.vetting_done of Curacel', provider: 'curacel', body: curacelPileDone() },
  { name: 'a claim of TPA Stream', provider: 'tpastream', route: 'claims', body: tpaClaim() },
];
const FILES: Sample[] = [
  { name: 'a delivered file of Stedi', provider: 'stedi', body: stediFileDelivered() },
  { name: 'a failed file of Stedi', provider: 'stedi', body: stediFileFailed() },
];
const TRANSACTION: Sample = { name: 'a transaction of Stedi', provider: 'stedi', body: stediTransactionEvent() };

describe.each([...HASHED, ...FILES, TRANSACTION])('$name', ({ provider, route, body }) => {
  it('sent again is the same event, however its JSON is spelled', () => {
    const spellings = [
      JSON.stringify(body),
      JSON.stringify(body, null, 2),
      phpJson(body),
      JSON.stringify(reversed(body)),
    ];
    expect(new Set(spellings.map((spelling) => idOf(provider, spelling, route))).size).toBe(1);
  });

  it('is one event for each tenant that gets it', () => {
    expect(idOf(provider, body, route, 'acme')).not.toBe(idOf(provider, body, route, 'other'));
    expect(idOf(provider, body, route, 'acme')).toBe(idOf(provider, body, route, 'acme'));
  });
});

describe.each(HASHED)('$name', ({ provider, route, body }) => {
  const paths = leavesOf(body);

  it('that differs in any one fact is another event', () => {
    const ids = paths.map((path) => idOf(provider, altered(body, path), route));
    expect(new Set([...ids, idOf(provider, body, route)]).size).toBe(paths.length + 1);
  });

  it('that leaves a fact out is another event', () => {
    const optional = paths.filter((path) => path.at(-1) === 'ref' || path.at(-1) === 'organizationId');
    for (const path of optional) {
      const copy = structuredClone(body);
      delete (valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1)!];
      expect(idOf(provider, copy, route), path.join('.')).not.toBe(idOf(provider, body, route));
    }
  });
});

describe.each(FILES)('$name', ({ provider, body }) => {
  const paths = leavesOf(body);

  it('that differs in any detail is another event: one execution can deliver several files', () => {
    const details = paths.filter(([first]) => first === 'detail');
    const ids = details.map((path) => idOf(provider, altered(body, path)));
    expect(new Set([...ids, idOf(provider, body)]).size).toBe(details.length + 1);
  });

  it('sent again under another event id is the same event', () => {
    for (const path of [['id'], ['time'], ['region']]) {
      expect(idOf(provider, altered(body, path)), path.join('.')).toBe(idOf(provider, body));
    }
  });
});

describe('a transaction of Stedi', () => {
  const transactionId = 'b9d3a1c4-52a0-4c1e-8f33-0a1d6f6d7a11';
  const forms = [
    stediTransactionEvent({ transactionId }),
    stediTransactionEvent({ transactionId, wrapped: false }),
    stediTransactionEvent({ transactionId, flat: true }),
    stediTransactionEvent({ transactionId, transactionSet: 277 }),
    stediTransactionEvent({ transactionId, detailType: 'transaction.processed.v1' }),
    stediThinEvent({ transactionId, transactionSet: '277' }),
    stediThinEvent({ transactionId, wrapped: true }),
  ];

  it('is one event in every envelope form', () => {
    expect(new Set(forms.map((form) => idOf('stedi', form))).size).toBe(1);
  });

  it('is another event than another transaction, also where all else is equal', () => {
    const processedAt = '2026-01-01T00:00:00.000Z';
    const other = stediTransactionEvent({ transactionId: `${transactionId.slice(0, -1)}2`, processedAt });
    expect(idOf('stedi', other)).not.toBe(idOf('stedi', stediTransactionEvent({ transactionId, processedAt })));
  });
});

describe('a first crawl completion of TPA Stream', () => {
  it.each([true, false])('with success %s is an event of its own every time, even with the same bytes', (success) => {
    const bytes = JSON.stringify(tpaCrawl({ success }));
    const route = 'first-crawl-completions';
    expect(idOf('tpastream', bytes, route)).not.toBe(idOf('tpastream', bytes, route));
  });
});

it('has a sample of every route of every provider', () => {
  const covered = [...HASHED, ...FILES, { provider: 'tpastream', route: 'first-crawl-completions' }];
  const routes = PROVIDERS.flatMap(({ name, routes: own }) => own.map((route) => `${name}/${route.name}`));
  expect(new Set(covered.map(({ provider, route = 'webhook' }) => `${provider}/${route}`))).toEqual(new Set(routes));
});
