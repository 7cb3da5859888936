import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

export type ApiKeyScope = 'viewer' | 'operator' | 'owner' | 'platform-admin';

/** An API key; of the key itself only its SHA-256 is kept. */
@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('text')
  id!: string;

  /** null: a platform-admin key. */
  @Column('text', { name: 'tenant_id', nullable: true })
  tenantId!: string | null;

  @Column('text')
  name!: string;

  @Column('text')
  scope!: ApiKeyScope;

  @Column('bytea', { select: false })
  hash!: Buffer;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
