import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ClaimEvent, Notice } from '@claimwire/contracts';
import { DATA_SOURCE } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../auth/caller.js';
import { Problem } from '../http/problem.js';
import { RawMessages } from '../raw-messages.js';
import { findEvent } from './find-event.js';

@Injectable()
export class EventsService {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly raw: RawMessages,
  ) {}

  /** The message byte for byte as it is published. @throws Problem 404 */
  message(caller: Caller, id: string): Promise<string> {
    return findEvent(this.dataSource.manager, caller, id);
  }

  /**
   * What the provider sent, byte for byte. Audited before it is read: an answer without an entry must not exist.
   * @throws Problem 404, 410 when its topic no longer holds it, 503
   */
  async rawBody(caller: Caller, id: string): Promise<Buffer> {
    const message = JSON.parse(await this.message(caller, id)) as ClaimEvent | Notice;
    if (!('raw' in message)) throw new Problem(404, 'This event has no raw body.');
    await audit(this.dataSource.manager, caller, 'event.raw_read', id);
    const { value } = await this.raw.read(message.raw);
    const body = value ?? Buffer.alloc(0);
    const isSame = createHash('sha256').update(body).digest('hex') === message.raw.sha256;
    // a topic that was deleted and made anew holds something else at this place, perhaps another tenant's
    if (!isSame) throw new Problem(410, 'The topic no longer holds the raw body.');
    return body;
  }
}
