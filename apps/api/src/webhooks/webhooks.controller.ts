import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiCreated, ApiDone, ApiGone, ApiOne, ApiPage } from '../http/api-answers.js';
import { RETRY_POLICIES } from './retry-policy.dto.js';
import { SIGNINGS } from './signing.dto.js';
import { CreateWebhook, ListWebhooks, RotateSecret, UpdateWebhook, WebhookView } from './webhooks.dto.js';
import { WebhooksService } from './webhooks.service.js';

@ApiTags('webhooks')
@ApiExtraModels(...Object.values(RETRY_POLICIES), ...Object.values(SIGNINGS))
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @Requires('owner')
  @ApiOperation({ summary: 'Create a destination; the answer shows the generated signing secret once' })
  @ApiCreated(WebhookView)
  create(@AsTenant() caller: Caller, @Body() body: CreateWebhook) {
    return this.webhooks.create(caller, body);
  }

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'Webhooks, newest first' })
  @ApiPage(WebhookView)
  list(@AsTenant() caller: Caller, @Query() query: ListWebhooks) {
    return this.webhooks.list(caller, query);
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'One webhook, without its secrets' })
  @ApiOne(WebhookView)
  get(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.webhooks.get(caller, id);
  }

  @Patch(':id')
  @Requires('owner')
  @ApiOperation({ summary: 'Change some fields; new credentials or headers make a deauthorized webhook active' })
  @ApiOne(WebhookView)
  update(@AsTenant() caller: Caller, @Param('id') id: string, @Body() body: UpdateWebhook) {
    return this.webhooks.update(caller, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('owner')
  @ApiOperation({ summary: 'Delete a webhook with its bindings and deliveries' })
  @ApiGone()
  remove(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.webhooks.remove(caller, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Stop sending; what matches meanwhile is kept' })
  @ApiDone(WebhookView)
  pause(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.webhooks.act(caller, id, 'pause');
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send again, the kept first; also after the receiver disabled it by a 410' })
  @ApiDone(WebhookView)
  resume(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.webhooks.act(caller, id, 'resume');
  }

  @Post(':id/reauthorize')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Send again after a 401; one more 401 deauthorizes it again' })
  @ApiDone(WebhookView)
  reauthorize(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.webhooks.act(caller, id, 'reauthorize');
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Requires('owner')
  @ApiOperation({ summary: 'A new signing secret; the old one signs too for a while' })
  @ApiDone(WebhookView)
  rotateSecret(@AsTenant() caller: Caller, @Param('id') id: string, @Body() body: RotateSecret) {
    return this.webhooks.rotateSecret(caller, id, body);
  }
}
