import { KafkaBatchServer } from '@claimwire/kafka';
import { HealthRegistry, type RunOptions } from '@claimwire/service-host';
import { StediReportsModule } from './app.module.js';
import { StediReportsConfig } from './config.js';
import { ReportPublisher } from './report-publisher.js';
import { CONSUMER } from './reports.consumer.js';

/** Fetches are slow: small batches commit often, and a slow connection holds up its own partition only. */
const TUNING = { concurrency: 6, maxMessages: 100 };

export const stediReports: RunOptions<StediReportsConfig> = {
  name: 'stedi-reports',
  config: StediReportsConfig,
  defaults: { MANAGEMENT_PORT: 5111 },
  module: (config) => StediReportsModule.forConfig(config),
  setup: (app) => {
    const consumers = { [CONSUMER]: TUNING };
    const strategy = new KafkaBatchServer(app.get(ReportPublisher).handle, { consumers });
    app.connectMicroservice({ strategy });
    const health = app.get(HealthRegistry);
    health.addReadiness('consumer', () => strategy.readiness());
    health.addLiveness('consumer', () => strategy.liveness());
  },
};
