import { KafkaBatchServer } from '@claimwire/kafka';
import type { ServiceDefinition } from '@claimwire/service-host';
import { NormalizerModule } from './app.module.js';
import type { NormalizerConfig } from './config.js';

export const service: ServiceDefinition<NormalizerConfig> = {
  name: 'normalizer',
  module: (config) => NormalizerModule.forRoot(config),
  setup: (app) => {
    app.connectMicroservice({ strategy: app.get(KafkaBatchServer) });
  },
};
