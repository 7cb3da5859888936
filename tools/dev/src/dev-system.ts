import { freePorts } from '@claimwire/testkit';
import { appRecipe, logFileOf } from './app-recipe.js';
import { APPS, Failure, type StartOptions, step, tail } from './bootstrap-modules.js';
import { type Demo, startDemo } from './demo/run-demo.js';
import { removeDevFile, writeDevFile } from './dev-file.js';
import type { DevPaths } from './dev-paths.js';
import { loadSecrets } from './dev-secrets.js';
import { type EnginePlan, planEngines } from './engine-plan.js';
import type { ServerRecipe } from './kept-server.js';
import { ProcessRegister } from './process-register.js';
import {
  commonEnv,
  extraPortsNeeded,
  ingressUrls,
  type ProcessSpec,
  processTable,
  type SystemSettings,
} from './process-table.js';
import { runAppCommand } from './run-app-command.js';
import { Supervisor } from './supervisor.js';

const ENGINES = ['kafka', 'postgres'];

/** All of Claimwire on this machine: engines, apps, demo. Started once, stopped once. */
export class DevSystem {
  private readonly register = new ProcessRegister();
  private readonly supervisor: Supervisor;
  private plan: EnginePlan | null = null;
  private specs: readonly ProcessSpec[] = [];
  private demo: Demo | null = null;
  private apiUrl = '';
  private adminKey = '';

  constructor(
    private readonly options: StartOptions,
    private readonly paths: DevPaths,
    private readonly log: (line: string) => void,
  ) {
    this.supervisor = new Supervisor({ register: this.register, log, onChange: () => this.writeDevFile() });
  }

  /** @throws {Failure} with a reason a person can act on; call stop() then, too */
  async start(): Promise<void> {
    const secrets = loadSecrets(this.paths.secretsFile);
    this.adminKey = secrets.adminKey;
    const plan = await planEngines(this.options, this.paths, secrets.postgresPassword);
    this.plan = plan;
    this.log(`Kafka and PostgreSQL are ${plan.title}`);
    const settings = { ...secrets, brokers: plan.brokers, databaseUrl: plan.databaseUrl };
    await step('Starting Kafka and PostgreSQL', () => this.startEngines(plan));
    const env = commonEnv(settings);
    await step('Migrating the database', () => runAppCommand('migrate', this.paths, env));
    await step('Creating topics', () => runAppCommand('topics', this.paths, env));
    await this.startApps(settings);
    await this.startDemo();
  }

  async stop(): Promise<void> {
    this.log('\nStopping …');
    removeDevFile(this.paths.devFile);
    await this.demo?.stop();
    await this.supervisor.stop();
    await this.plan?.down();
    this.register.clear();
    this.log('Everything that was started has been stopped.');
  }

  private async startEngines(plan: EnginePlan): Promise<void> {
    await plan.up();
    await this.startGroup(plan.recipes);
  }

  private async startApps(settings: SystemSettings): Promise<void> {
    const extra = await freePorts(extraPortsNeeded(APPS, this.options));
    this.specs = processTable(APPS, this.options, settings, extra);
    this.apiUrl = this.specs.find((spec) => spec.name === 'api')?.url ?? '';
    const places = { root: this.paths.root, logFolder: this.paths.logFolder };
    const recipes = this.specs.map((spec) => appRecipe(spec, places));
    await step(`Starting ${recipes.length} processes of ${APPS.length} apps`, () => this.startGroup(recipes));
  }

  /** @throws {Failure} with the end of the log of who did not come up */
  private async startGroup(recipes: readonly ServerRecipe[]): Promise<void> {
    const explained = recipes.map((recipe) => ({
      ...recipe,
      start: (launch: Parameters<ServerRecipe['start']>[0]) =>
        recipe.start(launch).catch(async (error: unknown) => {
          const end = await tail(logFileOf(this.paths, recipe.name), 15);
          throw new Failure(`${error instanceof Error ? error.message : String(error)}\n${end}`);
        }),
    }));
    await this.supervisor.start(explained);
  }

  private async startDemo(): Promise<void> {
    const { apiUrl, adminKey } = this;
    this.demo = await step('Preparing the demo tenant', () =>
      startDemo({ apiUrl, adminKey, varDir: this.paths.var, log: this.log }),
    );
    this.writeDevFile();
    this.log(`\nEverything is ready. Console and API: ${apiUrl}   addresses and keys: var/dev.json   logs: var/log`);
    if (this.options.traffic) await this.demo.play();
    this.demo.printCurlLines();
    this.log('\nCtrl-C stops everything.');
  }

  /** Nothing before all is ready, and nothing any more once we stop. */
  private writeDevFile(): void {
    if (!this.demo || !this.plan || this.supervisor.stopping) return;
    const apps = this.specs.map(({ name, managementUrl }) => ({ name, managementUrl }));
    writeDevFile(this.paths.devFile, {
      api: { url: this.apiUrl, key: this.adminKey },
      ingress: ingressUrls(APPS, this.options),
      kafka: { brokers: this.plan.brokers },
      postgres: { url: this.plan.databaseUrl },
      demo: this.demo.info,
      processes: [...apps, ...ENGINES.map((name) => ({ name }))].flatMap((entry) => {
        const pid = this.register.pidOf(entry.name);
        return pid === undefined ? [] : [{ ...entry, pid }];
      }),
    });
  }
}
