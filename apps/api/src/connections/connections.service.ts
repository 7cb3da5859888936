import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '@claimwire/keyring';
import type { Provider } from '@claimwire/provider-kit';
import { Connection, DATA_SOURCE, Tenant } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { includesScope } from '../auth/requires.js';
import { originOf } from '../http/http-url.js';
import { pageById, type Page } from '../http/page.js';
import { fieldNotValid, notFound, notValid } from '../http/problem.js';
import { newId } from '../ids.js';
import { authErrors, findProvider, needsNamespace, settingsErrors } from './connection-rules.js';
import { ConnectionTokens } from './connection-tokens.js';
import { ConnectionUrls } from './connection-urls.js';
import type {
  ConnectionSettingsDto,
  ConnectionUrlsView,
  ConnectionView,
  CreateConnection,
  ListConnections,
  ReportSettings,
  UpdateConnection,
} from './connections.dto.js';
import type { ReportStandingView } from './report-standing.dto.js';
import { reportStandings } from './report-standings.js';
import { withoutSecrets } from '../secret-paths.js';

/** Both objects whole, secrets included: what is sealed. */
interface Secrets {
  auth: Record<string, unknown>;
  settings: ConnectionSettingsDto;
}

const place = ({ id, tenantId }: Connection) => ({ tenant: tenantId, table: 'connections', row: id, column: 'sealed' });

@Injectable()
export class ConnectionsService {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly keyring: Keyring,
    private readonly tokens: ConnectionTokens,
    private readonly urls: ConnectionUrls,
  ) {}

  /** @throws Problem 422 */
  async create(caller: Caller, { provider: name, name: title = name, auth, settings = {} }: CreateConnection) {
    const provider = findProvider(name);
    const errors = [...(await authErrors(provider, auth)), ...settingsErrors(provider, settings)];
    if (errors.length > 0) throw notValid(errors);
    return this.dataSource.transaction(async (manager): Promise<ConnectionView> => {
      await requireNamespace(manager, caller.tenant, provider, settings);
      const fields = { id: newId('con'), tenantId: caller.tenant, provider: name, name: title };
      const connection = this.seal(provider, manager.create(Connection, fields), { auth, settings });
      await manager.save(connection);
      const token = await this.tokens.add(manager, connection);
      await audit(manager, caller, 'connection.created', connection.id, { provider: name });
      return this.toView(connection, provider, token, await standingOf(manager, connection));
    });
  }

  async list(caller: Caller, query: ListConnections): Promise<Page<ConnectionView>> {
    const builder = this.dataSource.getRepository(Connection).createQueryBuilder('connection');
    builder.where('connection.tenant_id = :tenant', { tenant: caller.tenant });
    if (query.provider !== undefined) builder.andWhere('connection.provider = :provider', { provider: query.provider });
    const page = await pageById(builder, query, (connection) => connection);
    const tokens = await this.visibleTokens(caller, this.dataSource.manager, page.data);
    const standings = await reportStandings(this.dataSource.manager, caller.tenant, page.data);
    const data = page.data.map((row) =>
      this.toView(row, findProvider(row.provider), tokens.get(row.id), standings.get(row.id)),
    );
    return { ...page, data };
  }

  async get(caller: Caller, id: string): Promise<ConnectionView> {
    const { manager } = this.dataSource;
    const connection = await find(manager, caller, id);
    const tokens = await this.visibleTokens(caller, manager, [connection]);
    const standing = await standingOf(manager, connection);
    return this.toView(connection, findProvider(connection.provider), tokens.get(id), standing);
  }

  /** @throws Problem 404, 422 */
  async update(caller: Caller, id: string, body: UpdateConnection): Promise<ConnectionView> {
    return this.dataSource.transaction(async (manager) => {
      const connection = await find(manager, caller, id, true);
      const provider = findProvider(connection.provider);
      const stored = JSON.parse(this.keyring.open(connection.sealed, place(connection))) as Secrets;
      const secrets = { auth: body.auth ?? stored.auth, settings: mergeSettings(stored.settings, body.settings) };
      const errors = [...(await authErrors(provider, secrets.auth)), ...settingsErrors(provider, secrets.settings)];
      if (errors.length > 0) throw notValid(errors);
      refuseNewNamespace(stored.settings, secrets.settings);
      connection.name = body.name ?? connection.name;
      await manager.save(this.seal(provider, connection, secrets));
      await audit(manager, caller, 'connection.updated', id, { fields: Object.keys(body) });
      const tokens = await this.visibleTokens(caller, manager, [connection]);
      return this.toView(connection, provider, tokens.get(id), await standingOf(manager, connection));
    });
  }

  async remove(caller: Caller, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const connection = await find(manager, caller, id, true);
      await manager.remove(connection);
      await audit(manager, caller, 'connection.deleted', id);
    });
  }

  async rotateToken(caller: Caller, id: string, overlapSeconds: number): Promise<ConnectionUrlsView> {
    return this.dataSource.transaction(async (manager) => {
      const connection = await find(manager, caller, id, true);
      await this.tokens.retire(manager, connection, overlapSeconds);
      const token = await this.tokens.add(manager, connection);
      await audit(manager, caller, 'connection.token_rotated', id, { overlapSeconds });
      return { id, urls: this.urls.of(findProvider(connection.provider), token) };
    });
  }

  private seal(provider: Provider, connection: Connection, secrets: Secrets): Connection {
    const shown = withoutSecrets(JSON.parse(JSON.stringify(secrets)) as Secrets, provider.secretPaths);
    connection.auth = shown.auth;
    connection.settings = { ...shown.settings };
    connection.sealed = this.keyring.seal(JSON.stringify(secrets), place(connection));
    return connection;
  }

  /** An address is a credential: only who may set it sees it. */
  private async visibleTokens({ scope }: Caller, manager: EntityManager, connections: Connection[]) {
    return includesScope(scope, 'owner') ? this.tokens.current(manager, connections) : new Map<string, string>();
  }

  private toView(
    connection: Connection,
    provider: Provider,
    token: string | undefined,
    standing: ReportStandingView | undefined,
  ): ConnectionView {
    const { id, name, auth, settings, createdAt, updatedAt } = connection;
    return {
      id,
      provider: provider.name,
      name,
      auth,
      settings,
      urls: this.urls.of(provider, token),
      reports: standing ?? null,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}

const standingOf = async (manager: EntityManager, connection: Connection) =>
  (await reportStandings(manager, connection.tenantId, [connection])).get(connection.id);

/** @param isChanged holds the row until the transaction ends, so that two changes at once follow each other */
async function find(manager: EntityManager, { tenant }: Caller, id: string, isChanged = false): Promise<Connection> {
  const lock = isChanged ? { mode: 'pessimistic_write' as const } : undefined;
  const connection = await manager.findOne(Connection, { where: { id, tenantId: tenant }, lock });
  if (!connection) throw notFound('connection');
  return connection;
}

/** Holds the tenant's row, so that two first connections at once cannot both be the first. */
async function requireNamespace(
  manager: EntityManager,
  tenant: string,
  provider: Provider,
  settings: ConnectionSettingsDto,
): Promise<void> {
  if (!needsNamespace(provider, settings)) return;
  await manager.findOneOrFail(Tenant, { where: { id: tenant }, lock: { mode: 'pessimistic_write' } });
  if (!(await manager.existsBy(Connection, { tenantId: tenant, provider: provider.name }))) return;
  throw fieldNotValid(
    'settings.claimNamespace',
    `must be stated for a second ${provider.name} connection: "" where both accounts share one id space`,
  );
}

/** Claims that were stored under the old one would part from their later events. */
function refuseNewNamespace(before: ConnectionSettingsDto, after: ConnectionSettingsDto): void {
  if ((before.claimNamespace ?? '') === (after.claimNamespace ?? '')) return;
  throw fieldNotValid('settings.claimNamespace', 'cannot change: claims are stored under it; make a new connection');
}

/** The new settings, with the report key of the old ones where none is stated and no origin changes. */
function mergeSettings(before: ConnectionSettingsDto, after: ConnectionSettingsDto | undefined): ConnectionSettingsDto {
  if (!after) return before;
  // the namespace cannot change, so leaving it out means the same one
  const settings = { ...after, claimNamespace: after.claimNamespace ?? before.claimNamespace };
  const { reports } = after;
  if (!reports || reports.apiKey !== undefined || !before.reports) return settings;
  const sameOrigins = origins(reports).every((origin) => origins(before.reports!).includes(origin));
  return sameOrigins ? { ...settings, reports: { ...reports, apiKey: before.reports.apiKey } } : settings;
}

const origins = ({ baseUrl, coreBaseUrl }: ReportSettings): string[] =>
  [baseUrl, coreBaseUrl].filter((url) => url !== undefined).map(originOf);
