import { BlockList, isIP } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '@claimwire/keyring';
import type { Pool } from '@claimwire/postgres';
import { keyringProblems, type Environment } from '@claimwire/service-host';
import { countKeys } from '../keys/count-keys.js';
import { SEALED_COLUMNS } from '../keys/sealed-columns.js';
import { fail, ok, risk, skip, warn, type Finding } from './finding.js';

/** Whether the ring can be read, is no development ring, and opens what is stored. */
export async function checkKeyring(env: Environment, pool: Pool): Promise<Finding[]> {
  const text = env.CLAIMWIRE_KEYRING;
  if (!text)
    return [
      fail('key ring', 'CLAIMWIRE_KEYRING is not set', 'Set it as the apps have it: "<id>:<base64 of 32 bytes>".'),
    ];
  let ring: Keyring;
  try {
    ring = Keyring.parse(text);
  } catch (error) {
    return [fail('key ring', error instanceof Error ? error.message : 'not readable', 'Set it as the apps have it.')];
  }
  const known = keyringProblems(text, env.NODE_ENV ?? 'development');
  const parsed = known[0]
    ? fail('key ring', known[0], 'docs/recipes/rotate-the-keyring.md')
    : ok('key ring', `${ring.keyIds.length} keys, active: ${ring.keyIds[0] ?? ''}`);
  return [
    parsed,
    ...(await sealedFindings(ring, pool).catch(() => [skip('sealed rows', 'the database was not reached')])),
  ];
}

async function sealedFindings(ring: Keyring, pool: Pool): Promise<Finding[]> {
  const uses = await countKeys(pool, ring.keyIds);
  const missing = uses.filter(({ keyId }) => !ring.keyIds.includes(keyId));
  if (missing.length > 0) {
    const detail = missing.map(({ keyId, total }) => `${total} rows need the key "${keyId}"`).join(', ');
    return [fail('sealed rows', detail, 'Put that key back into CLAIMWIRE_KEYRING: these rows cannot be read.')];
  }
  let opened = 0;
  for (const { table, column, tenant, row, join: joined = '' } of SEALED_COLUMNS) {
    const { rows } = await pool.query<{ tenant: string; row: string; sealed: Buffer }>(
      `select ${tenant} as tenant, ${row} as row, t.${column} as sealed from ${table} t ${joined}
       where octet_length(t.${column}) > 0 limit 1`,
    );
    for (const { sealed, ...at } of rows) {
      try {
        ring.open(sealed, { ...at, table, column });
        opened += 1;
      } catch {
        return [
          fail(
            'sealed rows',
            `one of ${table} cannot be opened`,
            'A key has the id of another: compare the ring with the apps’.',
          ),
        ];
      }
    }
  }
  const older = uses.slice(1).reduce((sum, { total }) => sum + total, 0);
  if (older > 0) return [warn('sealed rows', `${older} under an older key`, 'Run "claimwire keys rotate".')];
  return [ok('sealed rows', opened === 0 ? 'there are none yet' : `one of each of ${opened} tables was opened`)];
}

/** Networks that tenants must not reach through us. */
const NEVER = '169.254.169.254';

/** EGRESS_ALLOW_NETWORKS: each entry is a hole in the wall between tenants' URLs and the private network. */
export function checkEgress(env: Environment, production: boolean): Finding[] {
  const networks = (env.EGRESS_ALLOW_NETWORKS ?? '')
    .split(',')
    .map((network) => network.trim())
    .filter(Boolean);
  if (networks.length === 0) return [ok('egress', 'public addresses only')];
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address);
    if (family === 0)
      return [fail('egress', `EGRESS_ALLOW_NETWORKS has "${network}"`, 'Write networks in CIDR notation.')];
    list.addSubnet(address, Number(bits ?? (family === 4 ? 32 : 128)), family === 4 ? 'ipv4' : 'ipv6');
  }
  const remedy = 'Leave EGRESS_ALLOW_NETWORKS empty, or name single receivers.';
  if (list.check(NEVER)) return [fail('egress', `lets tenants reach ${NEVER}, the cloud’s credentials`, remedy)];
  if (list.check('127.0.0.1')) return [risk(production, 'egress', 'lets tenants reach this machine itself', remedy)];
  return [warn('egress', `lets tenants reach ${networks.join(', ')}`, remedy)];
}

/** Only a hint: what a volume of a cloud or of another machine is encrypted with cannot be seen from here. */
export function checkDisks(devices = '/sys/block'): Finding[] {
  const encrypted = uuids(devices).some((uuid) => uuid.startsWith('CRYPT-'));
  if (encrypted)
    return [ok('disk encryption', 'this machine has encrypted volumes; check that the stores are on them')];
  const remedy = 'Encrypt the volumes of PostgreSQL and Kafka, and of their backups (LUKS, or the cloud’s setting).';
  return [warn('disk encryption', 'cannot be told from here', remedy)];
}

function uuids(devices: string): string[] {
  try {
    const mapped = readdirSync(devices).filter((name) => name.startsWith('dm-'));
    return mapped.map((name) => readFileSync(join(devices, name, 'dm/uuid'), 'utf8'));
  } catch {
    return [];
  }
}
