import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiCreated, ApiDone, ApiGone, ApiOne, ApiPage } from '../http/api-answers.js';
import {
  ConnectionUrlsView,
  ConnectionView,
  CreateConnection,
  ListConnections,
  RotateToken,
  UpdateConnection,
} from './connections.dto.js';
import { ConnectionsService } from './connections.service.js';

@ApiTags('connections')
@Controller('connections')
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

  @Post()
  @Requires('owner')
  @ApiOperation({ summary: 'Connect a provider account; the answer holds the addresses to give to the provider' })
  @ApiCreated(ConnectionView)
  create(@AsTenant() caller: Caller, @Body() body: CreateConnection) {
    return this.connections.create(caller, body);
  }

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'Connections, newest first' })
  @ApiPage(ConnectionView)
  list(@AsTenant() caller: Caller, @Query() query: ListConnections) {
    return this.connections.list(caller, query);
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'One connection, without its secrets' })
  @ApiOne(ConnectionView)
  get(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.connections.get(caller, id);
  }

  @Patch(':id')
  @Requires('owner')
  @ApiOperation({ summary: 'Change name, credentials or settings' })
  @ApiOne(ConnectionView)
  update(@AsTenant() caller: Caller, @Param('id') id: string, @Body() body: UpdateConnection) {
    return this.connections.update(caller, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('owner')
  @ApiOperation({ summary: 'Disconnect: its addresses answer 404 from now on; claims stay' })
  @ApiGone()
  remove(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.connections.remove(caller, id);
  }

  @Post(':id/rotate-token')
  @HttpCode(200)
  @Requires('owner')
  @ApiOperation({ summary: 'New addresses; the old ones keep working for a while' })
  @ApiDone(ConnectionUrlsView)
  rotateToken(@AsTenant() caller: Caller, @Param('id') id: string, @Body() body: RotateToken) {
    return this.connections.rotateToken(caller, id, body.overlapSeconds);
  }
}
