import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuditController } from './audit.controller.js';
import { ReadAuditInterceptor } from './read-audit.interceptor.js';
import { RefusedAccess } from './refused-access.js';

@Module({
  controllers: [AuditController],
  providers: [RefusedAccess, { provide: APP_INTERCEPTOR, useClass: ReadAuditInterceptor }],
  exports: [RefusedAccess],
})
export class AuditModule {}
