import { Module } from '@nestjs/common';
import { CredentialSetsController } from './credential-sets.controller.js';
import { CredentialSetsService } from './credential-sets.service.js';

@Module({ controllers: [CredentialSetsController], providers: [CredentialSetsService] })
export class CredentialSetsModule {}
