import { describe, expect, it } from 'vitest';
import { APPS } from './bootstrap-modules.js';
import { extraPortsNeeded, ingressUrls, processTable } from './process-table.js';

const SETTINGS = {
  brokers: ['127.0.0.1:1', '127.0.0.1:2'],
  databaseUrl: 'postgres://p@127.0.0.1:3/claimwire',
  keyring: 'k1:x',
  adminKey: 'cw_live_1',
};
const ONE_EACH = { replicas: {}, portOffset: 0 };

describe('the process table', () => {
  it('has one process of each app on the ports of the design', () => {
    const table = processTable(APPS, ONE_EACH, SETTINGS, []);
    expect(table).toHaveLength(APPS.length);
    // A generated provider has one more; these are the contract.
    const rows = table.map(({ name, url, managementUrl }) => [name, url, managementUrl]);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['api', 'http://127.0.0.1:4000', 'http://127.0.0.1:5100'],
        ['ingress-cair', 'http://127.0.0.1:4101', 'http://127.0.0.1:5101'],
        ['ingress-curacel', 'http://127.0.0.1:4102', 'http://127.0.0.1:5102'],
        ['ingress-tpastream', 'http://127.0.0.1:4103', 'http://127.0.0.1:5103'],
        ['ingress-stedi', 'http://127.0.0.1:4104', 'http://127.0.0.1:5104'],
        ['normalizer', null, 'http://127.0.0.1:5110'],
        ['stedi-reports', null, 'http://127.0.0.1:5111'],
        ['fanout', null, 'http://127.0.0.1:5120'],
      ]),
    );
  });

  it('names further replicas after their number and gives them free ports', () => {
    const layout = { replicas: { fanout: 3, api: 2 }, portOffset: 0 };
    expect(extraPortsNeeded(APPS, layout)).toBe(4);
    const table = processTable(APPS, layout, SETTINGS, [11, 12, 13, 14]);
    expect(table.filter(({ app }) => app === 'fanout').map(({ name, managementUrl }) => [name, managementUrl])).toEqual(
      [
        ['fanout', 'http://127.0.0.1:5120'],
        ['fanout-2', 'http://127.0.0.1:13'],
        ['fanout-3', 'http://127.0.0.1:14'],
      ],
    );
    expect(table.filter(({ app }) => app === 'fanout').map(({ env }) => env.FANOUT_REPLICA)).toEqual([
      'fanout',
      'fanout-2',
      'fanout-3',
    ]);
    expect(table.find(({ name }) => name === 'api-2')).toMatchObject({
      url: 'http://127.0.0.1:11',
      managementUrl: 'http://127.0.0.1:12',
    });
  });

  it('refuses to hand out fewer free ports than replicas', () => {
    expect(() => processTable(APPS, { replicas: { fanout: 2 }, portOffset: 0 }, SETTINGS, [])).toThrow('Too few');
  });

  it('moves every port by the offset, in what the API tells users as well', () => {
    const layout = { replicas: {}, portOffset: 100 };
    const [api] = processTable(APPS, layout, SETTINGS, []);
    expect(api?.env).toMatchObject({ PORT: '4100', MANAGEMENT_PORT: '5200', HOST: '127.0.0.1' });
    expect(JSON.parse(api?.env.PUBLIC_INGRESS_URLS ?? '')).toEqual(ingressUrls(APPS, layout));
    expect(ingressUrls(APPS, layout).stedi).toBe('http://127.0.0.1:4204');
  });

  it('gives the admin key to the API alone', () => {
    const holders = processTable(APPS, ONE_EACH, SETTINGS, []).filter(({ env }) => 'BOOTSTRAP_ADMIN_KEY' in env);
    expect(holders.map(({ name }) => name)).toEqual(['api']);
  });
});
