import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Index entry of one message on the quarantine topic, where its bytes stay. */
@Entity('quarantine')
export class QuarantineItem {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text', { name: 'connection_id' })
  connectionId!: string;

  @Column('text', { name: 'ce_id' })
  ceId!: string;

  @Column('text', { name: 'ce_type' })
  ceType!: string;

  @Column('text')
  reason!: string;

  @Column('text')
  stage!: string;

  /** null: quarantined at the ingress, so it never was on a raw topic. */
  @Column('text', { name: 'source_topic', nullable: true })
  sourceTopic!: string | null;

  @Column('int', { name: 'source_partition', nullable: true })
  sourcePartition!: number | null;

  @Column('bigint', { name: 'source_offset', nullable: true })
  sourceOffset!: string | null;

  @Column('text')
  topic!: string;

  @Column('int')
  partition!: number;

  @Column('bigint')
  offset!: string;

  @Column('text')
  status!: 'open' | 'retried' | 'discarded';

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  @Column('timestamptz', { name: 'settled_at', nullable: true })
  settledAt!: Date | null;

  /** When the topic's retention removes the bytes. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** 1, and one more each time the event was quarantined again. */
  @Column('int')
  attempt!: number;

  /** The item that this one follows on; it may be gone. */
  @Column('text', { name: 'previous_id', nullable: true })
  previousId!: string | null;

  @Column('text', { name: 'discard_reason', nullable: true })
  discardReason!: string | null;
}
