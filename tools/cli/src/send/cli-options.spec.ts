import { describe, expect, it } from 'vitest';
import { parseSend } from './cli-options.js';
import { UsageError } from '../usage-error.js';

const AUTH = ['--url', 'http://127.0.0.1:4101/webhooks/cair/token', '--auth-file', 'auth.json'];

describe('the command line', () => {
  it('sends one event to the demo where nothing else is said', () => {
    expect(parseSend(['cair'])).toMatchObject({
      provider: 'cair',
      event: { name: 'status', route: 'webhook' },
      target: { kind: 'demo' },
      content: { kind: 'made', claim: null, statuses: ['Submitted'], count: null },
      burst: 1,
      rate: null,
      shuffle: false,
      seed: 1,
      duplicatePercent: 0,
      record: null,
      dryRun: false,
      timeoutMs: 10_000,
    });
  });

  it('reads every option', () => {
    const how = '--burst 8 --rate 2.5 --shuffle --seed 7 --duplicate 12.5 --record out.jsonl --timeout 3 --dry-run';
    const what = ['--claim', '55', '--status', 'In Process, Rejected', '--count', '4', '--at', '2026-01-31T10:00:00Z'];
    expect(parseSend(['tpastream', 'claim', ...AUTH, ...what, ...how.split(' ')])).toMatchObject({
      event: { route: 'claims' },
      target: { kind: 'stated', url: AUTH[1], auth: { file: 'auth.json' } },
      content: { claim: '55', statuses: ['In Process', 'Rejected'], count: 4, at: new Date('2026-01-31T10:00:00Z') },
      burst: 8,
      rate: 2.5,
      shuffle: true,
      seed: 7,
      duplicatePercent: 12.5,
      record: 'out.jsonl',
      dryRun: true,
      timeoutMs: 3_000,
    });
  });

  it('keeps a rate also where answers are slow', () => {
    expect(parseSend(['cair', '--rate', '100'])).toMatchObject({ rate: 100, burst: 64 });
    expect(parseSend(['cair', '--rate', '100', '--burst', '2'])).toMatchObject({ rate: 100, burst: 2 });
  });

  it('takes bodies from a file', () => {
    expect(parseSend(['curacel', '--body', 'b.json', '--count', '3'])).toMatchObject({
      content: { kind: 'body', file: 'b.json', count: 3 },
    });
    expect(parseSend(['curacel', '--replay', 'r.jsonl'])).toMatchObject({
      content: { kind: 'replay', file: 'r.jsonl' },
    });
  });

  it.each([
    [[], 'cair, curacel, tpastream, stedi'],
    [['acme'], 'no provider "acme"'],
    [['curacel', 'paid'], 'vetted, pile'],
    [['cair', 'status', 'more'], '"more" is too much'],
    [['cair', '--unknown'], '--unknown'],
    [['cair', '--count', '0'], '--count: "0"'],
    [['cair', '--count', '1.5'], 'whole number'],
    [['cair', '--count', ''], '--count: ""'],
    [['cair', '--duplicate', '101'], '--duplicate'],
    [['cair', '--rate', 'fast'], '--rate'],
    [['cair', '--at', '2026-01-31T10:00:00'], 'with its zone'],
    [['cair', '--at', 'soonZ'], 'with its zone'],
    [['cair', '--url', 'ftp://host'], 'http(s)'],
    [['cair', '--url', 'http://host/'], '--auth-file'],
    [['cair', '--auth-file', 'a.json'], '--url'],
    [['cair', ...AUTH, '--auth', '{}'], 'not both'],
    [['cair', '--body', 'b', '--status', 'Rejected'], '--status changes nothing'],
    [['cair', '--replay', 'r', '--body', 'b'], '--body changes nothing'],
    [['stedi', 'file-failed', '--status', 'A7'], 'has none'],
  ])('refuses %j', (args, message) => {
    expect(() => parseSend(args)).toThrow(UsageError);
    expect(() => parseSend(args)).toThrow(message);
  });
});
