import { Module } from '@nestjs/common';
import { SchemaDriftController } from './schema-drift.controller.js';

@Module({ controllers: [SchemaDriftController] })
export class SchemaDriftModule {}
