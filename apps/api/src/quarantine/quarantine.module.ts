import { Module } from '@nestjs/common';
import { RawMessagesModule } from '../raw-messages.js';
import { QuarantineController } from './quarantine.controller.js';

@Module({ imports: [RawMessagesModule], controllers: [QuarantineController] })
export class QuarantineModule {}
