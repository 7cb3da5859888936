import { runService } from '@claimwire/service-host';
import { ApiConfig } from './config.js';
import { API_SERVICE } from './service.js';

await runService({ ...API_SERVICE, config: ApiConfig, defaults: { PORT: 4000, MANAGEMENT_PORT: 5100 } });
