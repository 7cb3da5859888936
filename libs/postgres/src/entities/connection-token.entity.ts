import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A URL token of a connection: several at once while one is being replaced. */
@Entity('connection_tokens')
export class ConnectionToken {
  /** SHA-256 of the token. */
  @PrimaryColumn('bytea', { name: 'token_hash' })
  tokenHash!: Buffer;

  @Column('text', { name: 'connection_id' })
  connectionId!: string;

  /** The token sealed for (tenant, "connection_tokens", connection id, "sealed"). */
  @Column('bytea')
  sealed!: Buffer;

  @Column('timestamptz', { name: 'not_after', nullable: true })
  notAfter!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
