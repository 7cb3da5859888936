import { kafkaCacheFolder } from '@claimwire/testkit';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../machine/service-process.js';

const PROJECT = join(ROOT, 'test/bench/kafka-streams');
const BUILD_DEADLINE_MS = 10 * 60_000;
const HASH_LENGTH = 12;

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(PROJECT, 'pom.xml')));
  const sources = await readdir(join(PROJECT, 'src'), { recursive: true });
  for (const name of sources.filter((file) => file.endsWith('.java')).sort()) {
    hash.update(name).update(await readFile(join(PROJECT, 'src', name)));
  }
  return hash.digest('hex').slice(0, HASH_LENGTH);
}

/**
 * The Kafka Streams application with its jars, built by Maven once per version of its sources and kept beside the development
 * engine's jars.
 * @returns the Java class path
 * @throws when Maven fails; the message carries what it printed
 */
export async function buildStreams(): Promise<string> {
  const folder = join(kafkaCacheFolder(), '..', `kafka-streams-bench-${await hashOfSources()}`);
  const classPath = [join(folder, 'app.jar'), join(folder, 'jars', '*')].join(':');
  if (existsSync(join(folder, 'app.jar'))) return classPath;
  console.error('building test/bench/kafka-streams …');
  await mkdir(join(folder, '..'), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  try {
    await promisify(execFile)('mvn', ['-B', '-q', '-f', PROJECT, 'package', `-DoutputFolder=${draft}`], {
      timeout: BUILD_DEADLINE_MS,
    });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return classPath;
}
