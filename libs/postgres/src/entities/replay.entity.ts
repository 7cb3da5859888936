import { Column, Entity, PrimaryColumn } from 'typeorm';

export type ReplayKind = 'window' | 'claim' | 'event' | 'error_queue';
export type ReplayState = 'running' | 'completed' | 'cancelled';

/** A job that makes deliveries of events again, step by step; fan-out works on it. */
@Entity('replays')
export class Replay {
  /** Value of the header `claimwire-replay`. */
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text', { name: 'webhook_id' })
  webhookId!: string;

  @Column('text')
  kind!: ReplayKind;

  @Column('jsonb')
  selection!: Record<string, unknown>;

  @Column('int', { name: 'rate_per_second' })
  ratePerSecond!: number;

  /** completed = every delivery is made; whether all are sent, their states say. */
  @Column('text')
  state!: ReplayState;

  /** Events of the selection before filters and bindings; null where there are too many to count. */
  @Column('int', { nullable: true })
  candidates!: number | null;

  @Column('int')
  scanned!: number;

  @Column('int')
  created!: number;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
