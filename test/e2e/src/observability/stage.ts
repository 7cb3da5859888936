import {
  cairStatusChange,
  curacelVetted,
  type ProviderName,
  stediTransactionEvent,
  StediReportServer,
  tpaClaim,
  type SenderAuth,
} from '@claimwire/testkit';
import { OtlpCollector } from './otlp-collector.js';
import { TopicReader } from '../read-topic.js';
import { System } from '../system.js';
import { type Connection, sampleAuths, Tenant } from '../tenant.js';
import { canary, SSN } from './canaries.js';
import { EchoServer } from './echo-server.js';

export const PROVIDERS: readonly ProviderName[] = ['cair', 'curacel', 'tpastream', 'stedi'];

/** What no provider documents, where a later version may put it. */
const UNKNOWN = { ssn: SSN, [canary('field')]: canary('field-value'), nested: { ssn: [SSN, canary('nested')] } };

/** Genuine bodies, full of persons: in fields that are known, in values that are not, and in fields nobody knows. */
export const BODIES: Record<ProviderName, (id: string) => object> = {
  cair: (id) => ({
    ...cairStatusChange({
      claimFhirId: canary(`claim-${id}`),
      newStatus: canary('status'),
      submissionFailureErrors: [`${canary('free-text')} ${SSN}`],
      statusCode277: canary('code'),
    }),
    ...UNKNOWN,
  }),
  curacel: (id) => {
    const { event, data } = curacelVetted({ id: Number(id), ref: canary('ref'), approvalStatus: canary('approval') });
    const enrollee = { ...data.enrollee, first_name: canary('first'), last_name: canary('last'), insurance_no: SSN };
    return { event, data: { ...data, enrollee, status: canary('status'), ...UNKNOWN }, ...UNKNOWN };
  },
  tpastream: (id) => {
    const { data } = tpaClaim({ id: Number(id), status: canary('status') });
    const person = {
      first_name: canary('first'),
      last_name: canary('last'),
      ssn: SSN,
      email: `${canary('mail')}@example.com`,
    };
    return { data: { ...data, patient_name: canary('patient'), members: [person], dependents: [person], ...UNKNOWN } };
  },
  stedi: (id) => ({ event: { ...stediTransactionEvent({ transactionId: `tx-${id}`, wrapped: false }), ...UNKNOWN } }),
};

const AUTHS = (): Record<ProviderName, SenderAuth> => ({
  ...sampleAuths(),
  cair: { type: 'hmac_sha256', header: 'x-signature', secret: canary('cair-secret'), encoding: 'hex' },
  curacel: { type: 'hmac_sha256', secret: canary('curacel-secret'), mode: 'required' },
  stedi: { type: 'api_keys', headers: [{ name: 'x-stedi-key', value: canary('stedi-key') }] },
});

/** All apps with every line that they can log, a collector of their spans, a tenant with all four providers. */
export class CanaryStage {
  readonly connections = {} as Record<ProviderName, Connection>;

  private constructor(
    readonly system: System,
    readonly collector: OtlpCollector,
    readonly reports: StediReportServer,
    readonly echo: EchoServer,
    readonly tenant: Tenant,
    readonly quarantine: TopicReader,
    /** What every app has: for a command beside them. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<CanaryStage> {
    const collector = await OtlpCollector.start();
    let env: Record<string, string> = {};
    const more = {
      LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-key=${canary('collector-key')}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      SPOOL_DRAIN_INTERVAL_MS: '200',
      RETRY_FIRST_MS: '100',
      RETRY_LONGEST_MS: '100',
    };
    const system = await System.start(undefined, (base) => {
      env = { ...base, ...more };
      return more;
    });
    const reports = await StediReportServer.start({ apiKey: canary('report-key') });
    const quarantine = new TopicReader(system.topicPrefix, 'claims.quarantine.v1');
    const tenant = await Tenant.create(system, 'canary');
    const stage = new CanaryStage(system, collector, reports, await EchoServer.start(), tenant, quarantine, env);
    const auths = AUTHS();
    const own = { baseUrl: reports.url, coreBaseUrl: reports.url, apiKey: canary('report-key') };
    for (const provider of PROVIDERS) {
      const settings = provider === 'stedi' ? { reports: own } : {};
      stage.connections[provider] = await tenant.connect(provider, auths[provider], settings);
    }
    return stage;
  }

  /** Of the connections' addresses, which are credentials. */
  tokens(): string[] {
    const urls = Object.values(this.connections).flatMap((connection) => Object.values(connection.urls));
    return urls.map((url) => /\/webhooks\/[^/]+\/([^/]+)/.exec(url)?.[1] ?? '').filter(Boolean);
  }

  async stop(): Promise<void> {
    await this.quarantine.stop();
    await this.system.stop();
    await Promise.all([this.collector.stop(), this.reports.stop(), this.echo.stop()]);
  }
}
