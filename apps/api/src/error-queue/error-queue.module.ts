import { Module } from '@nestjs/common';
import { ErrorQueueController } from './error-queue.controller.js';

@Module({ controllers: [ErrorQueueController] })
export class ErrorQueueModule {}
