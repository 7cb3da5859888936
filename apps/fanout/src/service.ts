import { KafkaBatchServer } from '@claimwire/kafka';
import type { ServiceDefinition } from '@claimwire/service-host';
import { FanoutModule } from './app.module.js';
import type { FanoutConfig } from './config.js';

export const service: ServiceDefinition<FanoutConfig> = {
  name: 'fanout',
  module: (config) => FanoutModule.forRoot(config),
  setup: (app) => {
    app.connectMicroservice({ strategy: app.get(KafkaBatchServer) });
  },
};
