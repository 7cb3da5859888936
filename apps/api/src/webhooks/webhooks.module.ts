import { Module } from '@nestjs/common';
import { BindingsController } from './bindings.controller.js';
import { MatchController } from './match.controller.js';
import { SigningKeysController } from './signing-keys.controller.js';
import { SigningKeys } from './signing-keys.js';
import { SigningSecrets } from './signing-secrets.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  controllers: [MatchController, WebhooksController, BindingsController, SigningKeysController],
  providers: [WebhooksService, SigningSecrets, SigningKeys],
})
export class WebhooksModule {}
