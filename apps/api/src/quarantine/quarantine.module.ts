import { Module } from '@nestjs/common';
import { RawMessagesModule } from '../raw-messages.js';
import { QuarantineController } from './quarantine.controller.js';
import { QuarantineService } from './quarantine.service.js';
import { QuarantinedBytes } from './quarantined-bytes.js';

@Module({
  imports: [RawMessagesModule],
  controllers: [QuarantineController],
  providers: [QuarantineService, QuarantinedBytes],
})
export class QuarantineModule {}
