import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClaimState, ClaimStatus } from '@claimwire/contracts';

/** State of a claim as the normaliser last folded it; the API only reads it. */
@Entity('claims')
export class Claim {
  @PrimaryColumn('text', { name: 'claim_key' })
  claimKey!: string;

  @Column('text', { name: 'tenant_id' })
  tenantId!: string;

  @Column('text')
  provider!: string;

  @Column('text')
  status!: ClaimStatus;

  @Column('int')
  version!: number;

  @Column('jsonb')
  state!: ClaimState;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
