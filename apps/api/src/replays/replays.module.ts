import { Module } from '@nestjs/common';
import { EventReplaysController } from './event-replays.controller.js';
import { ReplaysController } from './replays.controller.js';

@Module({ controllers: [ReplaysController, EventReplaysController] })
export class ReplaysModule {}
