import { errorCode } from '@claimwire/kafka';
import { type Pool } from '@claimwire/postgres';
import { readSchema } from '@claimwire/postgres/schema';
import { clockFinding } from './clock.js';
import { fail, isLoopback, ok, risk, skip, warn, type Finding } from './finding.js';

export interface DatabaseSubject {
  pool: Pool;
  url: string;
  production: boolean;
}

const OLDEST = 15;
const TESTED = 18;

interface Facts {
  version: number;
  role: string;
  superuser: boolean;
  checksums: string;
  tls: string | null;
  now: number;
}

/** All that one connection tells; nothing is changed. */
export async function checkDatabase(subject: DatabaseSubject): Promise<Finding[]> {
  const { pool, url, production } = subject;
  const facts = await readFacts(pool).catch((error: unknown) => errorCode(error));
  if (typeof facts === 'string') {
    const remedy = 'Check DATABASE_URL, the role’s password, pg_hba.conf and the network policies.';
    return [fail('database', `does not answer (${facts})`, remedy)];
  }
  return [
    versionFinding(facts),
    tlsFinding(facts, url, production),
    await clock(pool),
    ...(await schemaFindings(url)),
    ...(await permissionFindings(pool, facts, production)),
    facts.checksums === 'on'
      ? ok('data checksums', 'on')
      : warn('data checksums', 'off: a damaged page is not noticed', 'Stop the server and run pg_checksums --enable.'),
  ];
}

async function readFacts(pool: Pool): Promise<Facts> {
  const { rows } = await pool.query<Facts>(
    `select current_setting('server_version_num')::int / 10000 as version, current_user as role,
       (select rolsuper from pg_roles where rolname = current_user) as superuser,
       current_setting('data_checksums') as checksums,
       (select version from pg_stat_ssl where pid = pg_backend_pid() and ssl) as tls, 0 as now`,
  );
  return rows[0]!;
}

function versionFinding({ version }: Facts): Finding {
  const detail = `PostgreSQL ${version}`;
  if (version < OLDEST) return fail('database', `${detail} is too old`, `Use ${TESTED}, which every test runs on.`);
  return version === TESTED
    ? ok('database', detail)
    : warn('database', `${detail} is not what the tests run on`, `Use ${TESTED}.`);
}

function tlsFinding({ tls }: Facts, url: string, production: boolean): Finding {
  if (tls) return ok('database tls', tls);
  const host = new URL(url).hostname;
  if (host === '' || isLoopback(host)) return ok('database tls', 'off, on this machine only');
  const remedy = 'Add ?sslmode=verify-full&sslrootcert=<file> to DATABASE_URL.';
  return risk(production, 'database tls', 'off: claims cross the network in the clear', remedy);
}

async function clock(pool: Pool): Promise<Finding> {
  const asked = Date.now();
  const { rows } = await pool.query<{ now: string }>('select extract(epoch from clock_timestamp()) * 1000 as now');
  return clockFinding('clock of the database', Math.round(Number(rows[0]?.now)), asked, Date.now());
}

async function schemaFindings(url: string): Promise<Finding[]> {
  const { applied, pending, unknown } = await readSchema(url);
  if (pending.length > 0) {
    return [fail('schema', `${pending.length} migrations are pending`, 'Run "claimwire migrate".')];
  }
  const newer = unknown.length > 0 ? `, and ${unknown.length} of a newer version` : '';
  return [ok('schema', `${applied.length} migrations applied${newer}`)];
}

async function permissionFindings(pool: Pool, { role, superuser }: Facts, production: boolean): Promise<Finding[]> {
  const { rows } = await pool.query<{ lacking: string }>(
    `select relname || ': ' || string_agg(privilege, ', ') as lacking
     from pg_class cross join unnest(array['select', 'insert', 'update', 'delete']) as privilege
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and not (relname in ('audit_log', 'schema_migrations') and privilege in ('insert', 'update', 'delete'))
       and not has_table_privilege(oid, privilege)
     group by relname order by relname`,
  );
  const findings = [
    superuser
      ? risk(
          production,
          'database role',
          `${role} is a superuser`,
          'Give the apps a role of their own (docs/postgres.md).',
        )
      : ok('database role', role),
  ];
  if (rows.length === 0) findings.push(ok('database permissions', 'every table can be read and written'));
  else {
    const detail = `${role} lacks ${rows.length} tables’ rights, first ${rows[0]!.lacking}`;
    findings.push(
      warn('database permissions', detail, 'Right for a role of one app, wrong for the one of the command line.'),
    );
  }
  return [...findings, await auditFinding(pool)];
}

async function auditFinding(pool: Pool): Promise<Finding> {
  const { rows } = await pool.query<{ enabled: boolean }>(
    `select tgenabled in ('O', 'A') as enabled from pg_trigger
     where tgname = 'append_only' and tgrelid = to_regclass('audit_log')`,
  );
  if (rows.length === 0) return skip('audit log', 'the schema has none yet');
  if (rows[0]?.enabled) return ok('audit log', 'append-only');
  return fail('audit log', 'its guard is switched off', 'alter table audit_log enable trigger append_only.');
}
