import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type DeliveryState = 'pending' | 'delivered' | 'rejected' | 'exhausted' | 'superseded';

/** One event for one webhook. Fan-out settles it; the API adds replays. */
@Entity('deliveries')
export class Delivery {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text', { name: 'webhook_id' })
  webhookId!: string;

  @Column('text', { name: 'event_id' })
  eventId!: string;

  @Column('text', { name: 'event_type' })
  eventType!: string;

  @Column('text', { name: 'claim_key' })
  claimKey!: string;

  @Column('int')
  version!: number;

  /** "" = the live delivery; else the replay it belongs to. */
  @Column('text', { name: 'replay_id' })
  replayId!: string;

  @Column('text')
  state!: DeliveryState;

  @Column('int')
  attempts!: number;

  @Column('timestamptz', { name: 'first_attempt_at', nullable: true })
  firstAttemptAt!: Date | null;

  @Column('timestamptz', { name: 'next_attempt_at' })
  nextAttemptAt!: Date;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'settled_at', nullable: true })
  settledAt!: Date | null;
}
