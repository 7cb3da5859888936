import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** All of them must hold; an array means any of its items. */
export type BindingFilters = Partial<
  Record<'provider' | 'connection' | 'status' | 'transaction' | 'partnership' | 'environment', string | string[]>
>;

/** Which events go to a webhook. */
@Entity('bindings')
export class Binding {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text', { name: 'webhook_id' })
  webhookId!: string;

  /** Exact, or "*" for every type. */
  @Column('text', { name: 'event_type' })
  eventType!: string;

  @Column('jsonb')
  filters!: BindingFilters;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
