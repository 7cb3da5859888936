import { runService } from '@claimwire/service-host';
import { NormalizerConfig } from './config.js';
import { service } from './service.js';

await runService({ ...service, config: NormalizerConfig, defaults: { MANAGEMENT_PORT: 5110 } });
