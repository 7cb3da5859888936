import { SetMetadata } from '@nestjs/common';

export const READS_CLAIMS = 'claimwire:reads-claims';

/** What a route that answers claim data writes into the audit log. */
export interface AuditedRead {
  /** "<object>.<verb>" */
  action: string;
  /** Parameter of the route that names what is read; a claim key is written as its reference. None = a list. */
  target?: 'claimKey' | 'id' | 'attemptId' | 'webhookId';
}

/** The route answers data of claims: each answer has its entry in the audit log, written before it is given. */
export const ReadsClaims = (action: string, target?: AuditedRead['target']) =>
  SetMetadata(READS_CLAIMS, { action, target } satisfies AuditedRead);
