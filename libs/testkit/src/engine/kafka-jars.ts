import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const KAFKA_VERSION = '4.3.0';
const SCALA = '2.13';
/** As in Kafka's own distribution; without this bridge the broker logs nothing. */
const LOG4J_VERSION = '2.25.4';
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>claimwire</groupId><artifactId>kafka-runtime</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_${SCALA}</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${LOG4J_VERSION}</version></dependency>
  </dependencies>
</project>
`;
const COPY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const DOWNLOAD_DEADLINE_MS = 10 * 60_000;

/** Outside the checkout, so that fresh clones find it filled. */
export const kafkaCacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'claimwire', `kafka-${KAFKA_VERSION}`);

const isComplete = (folder: string): boolean => existsSync(join(folder, `kafka_${SCALA}-${KAFKA_VERSION}.jar`));

const download = async (draft: string, signal: AbortSignal | undefined): Promise<void> => {
  await writeFile(join(draft, 'pom.xml'), POM);
  const jars = join(draft, 'jars');
  await promisify(execFile)('mvn', ['-B', '-q', COPY_PLUGIN, `-DoutputDirectory=${jars}`, '-DincludeScope=runtime'], {
    cwd: draft,
    timeout: DOWNLOAD_DEADLINE_MS,
    signal,
  });
};

/**
 * The folder of Kafka's jars, filled by Maven at the first call.
 * The cache is filled beside its place and moved there, so that nobody ever sees half of it.
 * @throws when Maven fails; the message carries what it printed.
 */
export const kafkaJars = async (signal?: AbortSignal): Promise<string> => {
  const folder = kafkaCacheFolder();
  if (isComplete(folder)) return folder;
  await mkdir(join(folder, '..'), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  try {
    await download(draft, signal);
    await rename(join(draft, 'jars'), folder).catch((error: unknown) => {
      if (!isComplete(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
};
