import { KafkaBatchServer, stallWatch } from '@claimwire/kafka';
import { LaneStore } from '@claimwire/postgres';
import { HealthRegistry, type RunOptions } from '@claimwire/service-host';
import { StediReportsModule } from './app.module.js';
import { StediReportsConfig } from './config.js';
import { CONSUMER } from './intake/reports.consumer.js';
import { ReportPublisher } from './report-publisher.js';

/** A batch is one insert. */
const TUNING = { concurrency: 3, maxMessages: 500 };

export const stediReports: RunOptions<StediReportsConfig> = {
  name: 'stedi-reports',
  config: StediReportsConfig,
  defaults: { MANAGEMENT_PORT: 5111 },
  module: (config) => StediReportsModule.forConfig(config),
  setup: (app, config) => {
    const consumers = { [CONSUMER]: { ...TUNING, lanes: app.get(LaneStore) } };
    const { handle } = app.get(ReportPublisher);
    const strategy = new KafkaBatchServer(handle, { consumers, stall: stallWatch(handle, config) });
    app.connectMicroservice({ strategy });
    const health = app.get(HealthRegistry);
    health.addReadiness('consumer', () => strategy.readiness());
    health.addLiveness('consumer', () => strategy.liveness());
  },
};
