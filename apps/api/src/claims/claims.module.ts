import { Module } from '@nestjs/common';
import { RawMessagesModule } from '../raw-messages.js';
import { ClaimsController } from './claims.controller.js';
import { ClaimsService } from './claims.service.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

@Module({
  imports: [RawMessagesModule],
  controllers: [ClaimsController, EventsController],
  providers: [ClaimsService, EventsService],
})
export class ClaimsModule {}
