import { Module } from '@nestjs/common';
import { ConnectionTokens } from './connection-tokens.js';
import { ConnectionUrls } from './connection-urls.js';
import { ConnectionsController } from './connections.controller.js';
import { ConnectionsService } from './connections.service.js';

@Module({ controllers: [ConnectionsController], providers: [ConnectionsService, ConnectionTokens, ConnectionUrls] })
export class ConnectionsModule {}
