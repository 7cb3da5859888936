import { runService } from '@claimwire/service-host';
import { stediReports } from './service.js';

await runService(stediReports);
