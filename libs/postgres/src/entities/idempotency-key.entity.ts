import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The answer to a POST that carried an Idempotency-Key; `status` is null while the first request is under way. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  /** Tenant, or "" for what a platform-admin does for none. */
  @PrimaryColumn('text', { name: 'tenant_id' })
  tenantId!: string;

  @PrimaryColumn('text')
  key!: string;

  @Column('bytea', { name: 'request_hash' })
  requestHash!: Buffer;

  @Column('int', { nullable: true })
  status!: number | null;

  /** The answer's body, sealed: it may hold a secret that is shown only once. */
  @Column('bytea', { nullable: true })
  sealed!: Buffer | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
