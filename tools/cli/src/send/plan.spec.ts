import { providerByName } from '@claimwire/providers';
import { describe, expect, it } from 'vitest';
import { parseSend, type SendOptions } from './cli-options.js';
import { EVENTS, PROVIDER_NAMES } from './events/index.js';
import { buildPlan, planned } from './plan.js';
import { UsageError } from '../usage-error.js';

const AT = '2026-01-31T10:00:00.000Z';

const options = (command: string): SendOptions => parseSend([...command.split(' '), '--at', AT]);
const bodies = (command: string) => {
  const { webhooks } = buildPlan(options(command));
  return webhooks.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);
};
const receive = (provider: string, route: string, body: Buffer) =>
  providerByName(provider)!
    .routes.find(({ name }) => name === route)!
    .receive(body);

describe('the plan', () => {
  const events = PROVIDER_NAMES.flatMap((provider) => EVENTS[provider].map(({ name }) => `${provider} ${name}`));

  it.each(events)('of %s is accepted by the provider’s ingress', (command) => {
    const { webhooks } = buildPlan(options(command));
    expect(webhooks).toHaveLength(1);
    const { route, body } = webhooks[0]!;
    expect(receive(command.split(' ')[0]!, route, body).kind).toBe('accepted');
  });

  it('gives every round of statuses a claim of its own', () => {
    const changes = bodies('cair --status Submitted,Rejected --count 4');
    expect(changes.map(({ newStatus }) => newStatus)).toEqual(['Submitted', 'Rejected', 'Submitted', 'Rejected']);
    const ids = changes.map(({ claimFhirId }) => claimFhirId);
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[0] === ids[2]]).toEqual([true, true, false]);
  });

  it('tells of one claim in turn, a second apart, the last at the stated time', () => {
    const changes = bodies('cair --claim c-1 --status Submitted,Rejected --count 3');
    expect(changes.map(({ claimFhirId, timestamp }) => [claimFhirId, timestamp])).toEqual([
      ['c-1', '2026-01-31T09:59:58.000Z'],
      ['c-1', '2026-01-31T09:59:59.000Z'],
      ['c-1', AT],
    ]);
  });

  it.each([
    ['null', null],
    ['0', 0],
    ['1', 1],
    ['"1"', '1'],
    ['escalated', 'escalated'],
  ])('of Curacel with --status %s says %j', (status, approval_status) => {
    expect(bodies(`curacel pile --status ${status}`)[0]).toMatchObject({ data: { approval_status } });
  });

  it('of a replayed first crawl names no claims', () => {
    expect(bodies('tpastream crawl --status replay')[0]).not.toHaveProperty('data.crawl_claim_ids');
    expect(bodies('tpastream crawl --status failure')[0]).toMatchObject({ data: { success: false } });
  });

  it('announces one Stedi transaction in the classic and in the thin form', () => {
    const [classic, thin] = ['835', 'thin'].map((event) => {
      const { webhooks } = buildPlan(options(`stedi ${event} --claim PCN-1 --status 4`));
      return receive('stedi', 'webhook', webhooks[0]!.body);
    });
    expect(thin).toMatchObject({ kind: 'accepted', identity: expect.stringContaining('sample-835-4-') as string });
    expect(classic).toMatchObject({ identity: thin?.kind === 'accepted' ? thin.identity : '' });
  });

  it.each(['curacel --claim abc', 'tpastream crawl --status maybe', 'stedi 277 --status 1', 'stedi 835 --claim a/b'])(
    'refuses %s',
    (command) => expect(() => buildPlan(options(command))).toThrow(UsageError),
  );
});

describe('order and duplicates', () => {
  const order = (command: string) => {
    const numbered = Array.from({ length: 50 }, (_, index) => planned('webhook', Buffer.from(String(index))));
    const plan = buildPlan({ ...options(command), content: { kind: 'replay', file: '' } }, { replay: numbered });
    return plan.webhooks.map(({ body }) => Number(body.toString()));
  };
  const inOrder = Array.from({ length: 50 }, (_, index) => index);

  it('are those of the file unless something else is asked for', () => expect(order('cair')).toEqual(inOrder));

  it('are the same for the same seed, others for another', () => {
    const shuffledOnce = order('cair --shuffle --duplicate 20');
    expect(order('cair --shuffle --duplicate 20')).toEqual(shuffledOnce);
    expect(order('cair --shuffle --duplicate 20 --seed 2')).not.toEqual(shuffledOnce);
  });

  it('loses nothing by shuffling', () => {
    const all = order('cair --shuffle');
    expect(all).not.toEqual(inOrder);
    expect([...all].sort((a, b) => a - b)).toEqual(inOrder);
  });

  it('sends so many of a hundred twice, right after the first where they are not shuffled', () => {
    const all = order('cair --duplicate 20');
    expect(all).toHaveLength(60);
    expect([...all].sort((a, b) => a - b)).toEqual(all);
    expect(new Set(all).size).toBe(50);
  });

  it('gives a duplicate the same bytes and webhook id', () => {
    const { webhooks, duplicates } = buildPlan(options('stedi thin --duplicate 100'));
    expect(duplicates).toBe(1);
    expect(webhooks[1]).toEqual(webhooks[0]);
  });
});
