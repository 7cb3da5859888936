import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

export type CredentialSetType = 'api_keys' | 'basic' | 'none' | 'oauth2_client_credentials';

/** What a webhook authenticates itself with. `config` holds no secrets; `sealed` holds all of it. */
@Entity('credential_sets')
export class CredentialSet {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  type!: CredentialSetType;

  @Column('jsonb')
  config!: Record<string, unknown>;

  /** JSON of the whole config sealed for (tenant, "credential_sets", id, "sealed"). */
  @Column('bytea')
  sealed!: Buffer;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
