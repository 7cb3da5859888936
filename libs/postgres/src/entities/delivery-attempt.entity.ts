import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One HTTP try of a delivery, as fan-out logged it: secrets are masked before they are stored. */
@Entity('delivery_attempts')
export class DeliveryAttempt {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: string;

  @Column('bigint', { name: 'delivery_id' })
  deliveryId!: string;

  @Column('text', { name: 'webhook_id' })
  webhookId!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text', { name: 'event_id' })
  eventId!: string;

  @Column('int')
  number!: number;

  @Column('timestamptz')
  at!: Date;

  /** HTTP status; null where there was no answer. */
  @Column('int', { nullable: true })
  status!: number | null;

  /** Constant code, for example "timeout". */
  @Column('text', { nullable: true })
  error!: string | null;

  /** Milliseconds per phase. */
  @Column('jsonb')
  phases!: Record<string, number>;

  @Column('jsonb')
  request!: Record<string, unknown>;

  @Column('jsonb', { nullable: true })
  response!: Record<string, unknown> | null;
}
