import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '@claimwire/keyring';
import { CredentialSet, DATA_SOURCE, Webhook } from '@claimwire/postgres/schema';
import { DataSource, type EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { pageById, type Page, type PageQuery } from '../http/page.js';
import { fieldNotValid, notFound, Problem } from '../http/problem.js';
import { newId } from '../ids.js';
import { reauthorizeUsersOf } from '../webhooks/reauthorize.js';
import type { CredentialSetView } from './credential-sets.dto.js';
import { readCredentialSet, type CredentialSetContent } from './read-credential-set.js';

@Injectable()
export class CredentialSetsService {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly keyring: Keyring,
  ) {}

  /** @throws Problem 422 */
  async create(caller: Caller, body: unknown): Promise<CredentialSetView> {
    const content = await readCredentialSet(body);
    return this.dataSource.transaction(async (manager) => {
      const set = manager.create(CredentialSet, { id: newId('crs'), tenantId: caller.tenant });
      await manager.save(this.fill(set, content));
      await audit(manager, caller, 'credential_set.created', set.id, { type: set.type });
      return toView(set);
    });
  }

  list(caller: Caller, query: PageQuery): Promise<Page<CredentialSetView>> {
    const builder = this.dataSource.getRepository(CredentialSet).createQueryBuilder('set');
    return pageById(builder.where('set.tenant_id = :tenant', { tenant: caller.tenant }), query, toView);
  }

  async get(caller: Caller, id: string): Promise<CredentialSetView> {
    return toView(await find(this.dataSource.manager, caller, id));
  }

  /** A name alone, or the whole set anew: secrets cannot be merged by someone who cannot read them. */
  async update(caller: Caller, id: string, body: Record<string, unknown>): Promise<CredentialSetView> {
    return this.dataSource.transaction(async (manager) => {
      const set = await find(manager, caller, id, true);
      const { name, ...config } = body;
      if (Object.keys(config).length === 0) set.name = readName(name);
      else await this.replace(manager, caller, set, { ...config, name: name ?? set.name });
      await manager.save(set);
      await audit(manager, caller, 'credential_set.updated', id, { fields: Object.keys(body) });
      return toView(set);
    });
  }

  async remove(caller: Caller, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const set = await find(manager, caller, id, true);
      if (await manager.existsBy(Webhook, { credentialSetId: id })) {
        throw new Problem(409, 'A webhook uses this credential set: give it another one first.');
      }
      await manager.remove(set);
      await audit(manager, caller, 'credential_set.deleted', id);
    });
  }

  private async replace(manager: EntityManager, caller: Caller, set: CredentialSet, body: object): Promise<void> {
    this.fill(set, await readCredentialSet(body));
    await reauthorizeUsersOf(manager, caller, set.id);
  }

  private fill(set: CredentialSet, { name, type, config, shown }: CredentialSetContent): CredentialSet {
    const place = { tenant: set.tenantId, table: 'credential_sets', row: set.id, column: 'sealed' };
    return Object.assign(set, { name, type, config: shown, sealed: this.keyring.seal(JSON.stringify(config), place) });
  }
}

/** @param isChanged holds the row until the transaction ends, so that two changes at once follow each other */
async function find(manager: EntityManager, { tenant }: Caller, id: string, isChanged = false): Promise<CredentialSet> {
  const lock = isChanged ? { mode: 'pessimistic_write' as const } : undefined;
  const set = await manager.findOne(CredentialSet, { where: { id, tenantId: tenant }, lock });
  if (!set) throw notFound('credential set');
  return set;
}

function readName(name: unknown): string {
  if (typeof name === 'string' && name.length > 0 && name.length <= 200) return name;
  throw fieldNotValid('name', 'name must be 1 to 200 characters long');
}

const toView = ({ id, name, type, config, createdAt, updatedAt }: CredentialSet): CredentialSetView => ({
  id,
  name,
  type,
  config,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
