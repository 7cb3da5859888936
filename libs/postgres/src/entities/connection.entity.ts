import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** One provider account of a tenant. `auth` and `settings` hold no secrets; `sealed` holds both objects whole. */
@Entity('connections')
export class Connection {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text')
  provider!: string;

  @Column('text')
  name!: string;

  @Column('jsonb')
  auth!: Record<string, unknown>;

  @Column('jsonb')
  settings!: Record<string, unknown>;

  /** JSON `{ auth, settings }` sealed for (tenant, "connections", id, "sealed"). */
  @Column('bytea')
  sealed!: Buffer;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
