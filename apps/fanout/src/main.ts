import { runService } from '@claimwire/service-host';
import { FanoutConfig } from './config.js';
import { service } from './service.js';

await runService({ ...service, config: FanoutConfig, defaults: { MANAGEMENT_PORT: 5120 } });
