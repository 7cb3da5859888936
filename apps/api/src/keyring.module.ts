import { Global, Module } from '@nestjs/common';
import { Keyring } from '@claimwire/keyring';
import { ApiConfig } from './config.js';

/** Gives the key ring to whoever stores a secret. */
@Global()
@Module({
  providers: [
    {
      provide: Keyring,
      inject: [ApiConfig],
      useFactory: (config: ApiConfig) => Keyring.parse(config.CLAIMWIRE_KEYRING),
    },
  ],
  exports: [Keyring],
})
export class KeyringModule {}
