import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReadsClaims } from '../audit/reads-claims.js';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiOne } from '../http/api-answers.js';
import { EventView } from './claims.dto.js';
import { EventsService } from './events.service.js';

@ApiTags('claims')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get(':id')
  @Requires('viewer')
  @ReadsClaims('event.read', 'id')
  @ApiOperation({ summary: 'One claim event or notice, as it is published and delivered' })
  @ApiOne(EventView)
  @Header('content-type', 'application/json')
  get(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.events.message(caller, id);
  }

  @Get(':id/raw')
  @Requires('operator')
  @ApiOperation({ summary: 'The body that the provider sent, byte for byte; every read is audited' })
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } })
  async raw(@AsTenant() caller: Caller, @Param('id') id: string): Promise<StreamableFile> {
    const body = await this.events.rawBody(caller, id);
    return new StreamableFile(body, { type: 'application/octet-stream', length: body.length });
  }
}
