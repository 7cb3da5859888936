import { Module } from '@nestjs/common';
import { BindingsController } from './bindings.controller.js';
import { SigningSecrets } from './signing-secrets.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

@Module({ controllers: [WebhooksController, BindingsController], providers: [WebhooksService, SigningSecrets] })
export class WebhooksModule {}
