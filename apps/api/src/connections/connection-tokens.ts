import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring, type SealContext } from '@claimwire/keyring';
import { ConnectionToken } from '@claimwire/postgres/schema';
import type { EntityManager } from 'typeorm';

const TOKEN_BYTES = 16;

/** What the URL tokens of one connection belong to. */
interface Owner {
  id: string;
  tenantId: string;
}

const place = ({ id, tenantId }: Owner): SealContext => ({
  tenant: tenantId,
  table: 'connection_tokens',
  row: id,
  column: 'sealed',
});

/** The secret part of a connection's addresses: 128 random bits, stored as hash and sealed. */
@Injectable()
export class ConnectionTokens {
  constructor(private readonly keyring: Keyring) {}

  async add(manager: EntityManager, owner: Owner): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('hex');
    await manager.insert(ConnectionToken, {
      tokenHash: createHash('sha256').update(token).digest(),
      connectionId: owner.id,
      sealed: this.keyring.seal(token, place(owner)),
      notAfter: null,
    });
    return token;
  }

  /** Lets the current token end after `overlapSeconds`; one that ends earlier already keeps its end. */
  async retire(manager: EntityManager, { id }: Owner, overlapSeconds: number): Promise<void> {
    await manager.query(
      `update connection_tokens set not_after = now() + make_interval(secs => $2)
       where connection_id = $1 and (not_after is null or not_after > now() + make_interval(secs => $2))`,
      [id, overlapSeconds],
    );
    await manager.query(`delete from connection_tokens where connection_id = $1 and not_after < now()`, [id]);
  }

  /** The current token of each, by connection id. */
  async current(manager: EntityManager, owners: readonly Owner[]): Promise<Map<string, string>> {
    if (owners.length === 0) return new Map();
    const rows = await manager
      .createQueryBuilder(ConnectionToken, 'token')
      .where('token.connectionId in (:...ids)', { ids: owners.map(({ id }) => id) })
      .andWhere('token.notAfter is null')
      .getMany();
    const byId = new Map(owners.map((owner) => [owner.id, owner]));
    return new Map(
      rows.map((row) => [row.connectionId, this.keyring.open(row.sealed, place(byId.get(row.connectionId)!))]),
    );
  }
}
