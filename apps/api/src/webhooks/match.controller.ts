import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  claimEventFacts,
  explainBinding,
  noticeFacts,
  type ClaimEvent,
  type EventFacts,
  type Notice,
} from '@claimwire/contracts';
import { Binding, DATA_SOURCE, Webhook } from '@claimwire/postgres/schema';
import { DataSource } from 'typeorm';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { findEvent } from '../claims/find-event.js';
import { ApiDone } from '../http/api-answers.js';
import { fieldNotValid } from '../http/problem.js';
import { findWebhook } from './find-webhook.js';
import { ExampleEvent, MatchQuestion, MatchView, type MatchedWebhook } from './match.dto.js';

const MOST_SHOWN = 200;

@ApiTags('bindings')
@Controller('webhooks/match')
export class MatchController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Post()
  @HttpCode(200)
  @Requires('viewer')
  @ApiOperation({
    summary: 'Which webhooks would get an event by their bindings as they are now, and why the others not',
  })
  @ApiDone(MatchView)
  async match(@AsTenant() caller: Caller, @Body() question: MatchQuestion): Promise<MatchView> {
    const facts = await this.factsOf(caller, question);
    const webhooks = await this.webhooksOf(caller, question);
    const bindings = await this.dataSource.getRepository(Binding).find({
      where: { tenantId: caller.tenant, ...(question.webhookId ? { webhookId: question.webhookId } : {}) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    const byWebhook = Map.groupBy(bindings, ({ webhookId }) => webhookId);
    const all = webhooks.map((webhook) => explain(webhook, byWebhook.get(webhook.id) ?? [], facts));
    const [matching, others] = [all.filter(({ matches }) => matches), all.filter(({ matches }) => !matches)];
    return { data: [...matching, ...others].slice(0, MOST_SHOWN), matching: matching.length, total: all.length };
  }

  /** @throws Problem 404, 422 */
  private async factsOf(caller: Caller, { eventId, event }: MatchQuestion): Promise<EventFacts> {
    if ((eventId === undefined) === (event === undefined))
      throw fieldNotValid('', 'state exactly one of eventId and event');
    if (event) return exampleFacts(event, caller.tenant);
    const message = JSON.parse(await findEvent(this.dataSource.manager, caller, eventId ?? '')) as ClaimEvent | Notice;
    return 'claimKey' in message ? claimEventFacts(message) : noticeFacts(message);
  }

  private async webhooksOf(caller: Caller, { webhookId }: MatchQuestion): Promise<Webhook[]> {
    const { manager } = this.dataSource;
    if (webhookId !== undefined) return [await findWebhook(manager, caller, webhookId)];
    return manager.find(Webhook, { where: { tenantId: caller.tenant }, order: { createdAt: 'ASC', id: 'ASC' } });
  }
}

const exampleFacts = (example: ExampleEvent, tenant: string): EventFacts => ({
  id: '',
  type: example.type,
  tenant,
  claimKey: '',
  version: 0,
  receivedAt: '',
  entity: example.entity ?? null,
  provider: example.provider ?? null,
  connection: example.connection ?? null,
  status: example.status ?? null,
  transaction: example.transaction ?? null,
  partnership: example.partnership ?? null,
  environment: example.environment ?? null,
});

function explain({ id, name, status }: Webhook, bindings: readonly Binding[], facts: EventFacts): MatchedWebhook {
  const explained = bindings.map(({ id: bindingId, eventType, filters, createdAt }) => {
    const unmet = explainBinding({ eventType, filters: { ...filters } }, facts, id);
    const matches = unmet.length === 0;
    return { id: bindingId, eventType, filters, createdAt: createdAt.toISOString(), matches, unmet };
  });
  return { webhookId: id, name, status, matches: explained.some(({ matches }) => matches), bindings: explained };
}
