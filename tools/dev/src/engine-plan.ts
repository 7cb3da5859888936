import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  dockerAnswers,
  kafkaAnswers,
  postgresAnswers,
  postgresUrl,
  startLocalKafka,
  startLocalPostgres,
} from '@claimwire/testkit';
import { Failure, type StartOptions } from './bootstrap-modules.js';
import type { DevPaths } from './dev-paths.js';
import { composeDown, composeUp } from './docker-engines.js';
import { choosePorts } from './engine-ports.js';
import type { ServerRecipe } from './kept-server.js';

/** Where Kafka and PostgreSQL are, and how they come up. */
export interface EnginePlan {
  /** For the person at the terminal: "local: Apache Kafka 4.3 …". */
  readonly title: string;
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  /** What we keep running ourselves; a Docker engine does that for its containers. */
  readonly recipes: readonly ServerRecipe[];
  /** Before the recipes. @throws {Failure} with a reason a person can act on */
  readonly up: () => Promise<void>;
  readonly down: () => Promise<void>;
}

const DATABASE = 'claimwire';

const nothing = async (): Promise<void> => undefined;

const localPlan = async (paths: DevPaths, password: string): Promise<EnginePlan> => {
  const ports = await choosePorts(paths.portsFile);
  const logFile = (name: string) => join(paths.logFolder, `${name}.log`);
  const kafka = {
    folder: paths.kafkaFolder,
    port: ports.kafka,
    controllerPort: ports.controller,
    logFile: logFile('kafka'),
  };
  const postgres = {
    folder: paths.postgresFolder,
    port: ports.postgres,
    password,
    database: DATABASE,
    logFile: logFile('postgres'),
    durable: true,
  };
  return {
    title: 'local: Apache Kafka 4.3 (KRaft) and PostgreSQL 18 as processes',
    brokers: [`127.0.0.1:${ports.kafka}`],
    databaseUrl: postgresUrl(ports.postgres, password, DATABASE),
    recipes: [
      { name: 'kafka', stopSignal: 'SIGTERM', start: (launch) => startLocalKafka(kafka, launch) },
      { name: 'postgres', stopSignal: 'SIGINT', start: (launch) => startLocalPostgres(postgres, launch) },
    ],
    up: nothing,
    down: nothing,
  };
};

const dockerPlan = async (paths: DevPaths, password: string): Promise<EnginePlan> => {
  const ports = await choosePorts(paths.portsFile);
  const settings = { root: paths.root, ports, password, database: DATABASE };
  return {
    title: 'docker: Kafka and PostgreSQL in containers (docker/compose.engine.yml)',
    brokers: [`127.0.0.1:${ports.kafka}`],
    databaseUrl: postgresUrl(ports.postgres, password, DATABASE),
    recipes: [],
    up: () => composeUp(settings),
    down: () => composeDown(settings),
  };
};

/** @throws {Failure} when an address is missing, or nobody answers there */
const externalPlan = (env: NodeJS.ProcessEnv): EnginePlan => {
  const { KAFKA_BROKERS, DATABASE_URL } = env;
  if (!KAFKA_BROKERS || !DATABASE_URL) {
    throw new Failure('--external needs both KAFKA_BROKERS (host:port,…) and DATABASE_URL (postgres://…).');
  }
  const brokers = KAFKA_BROKERS.split(',').map((broker) => broker.trim());
  return {
    title: 'external: the servers that KAFKA_BROKERS and DATABASE_URL name',
    brokers,
    databaseUrl: DATABASE_URL,
    recipes: [],
    up: async () => {
      const answers = await Promise.all(brokers.map((broker) => kafkaAnswers(broker)));
      if (!answers.includes(true)) throw new Failure(`No Kafka broker answers at ${KAFKA_BROKERS}.`);
      if (!(await postgresAnswers(DATABASE_URL))) throw new Failure('No PostgreSQL answers at DATABASE_URL.');
    },
    down: nothing,
  };
};

const composeWorks = async (): Promise<boolean> =>
  promisify(execFile)('docker', ['compose', 'version']).then(
    () => true,
    () => false,
  );

/** As asked for; else Docker where it works, and processes where it does not. */
export const planEngines = async (
  options: Pick<StartOptions, 'engine' | 'external'>,
  paths: DevPaths,
  password: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<EnginePlan> => {
  if (options.external) return externalPlan(env);
  const chosen = options.engine ?? ((await dockerAnswers()) && (await composeWorks()) ? 'docker' : 'local');
  return chosen === 'docker' ? dockerPlan(paths, password) : localPlan(paths, password);
};
