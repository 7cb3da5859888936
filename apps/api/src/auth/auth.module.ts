import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { AuthGuard } from './auth.guard.js';
import { BootstrapAdmin } from './bootstrap-admin.js';
import { JwtVerifier } from './jwt-verifier.js';
import { Principals } from './principals.js';

@Module({
  imports: [AuditModule],
  providers: [JwtVerifier, Principals, BootstrapAdmin, { provide: APP_GUARD, useClass: AuthGuard }],
})
export class AuthModule {}
