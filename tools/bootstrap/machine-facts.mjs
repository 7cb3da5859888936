// @ts-check
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { freemem, homedir, totalmem } from 'node:os';
import { join } from 'node:path';
import { needsInstall } from './install.mjs';
import { KAFKA_CACHE, ROOT } from './workspace.mjs';

/** A preflight that takes longer than two seconds is in the way: what has not answered by then has not answered. */
const DEADLINE_MS = 1_500;
/** But for Java, which has no other way to fail: its first start on a cold or busy machine reads the JVM from disk, and is not missing. */
const JAVA_DEADLINE_MS = 30_000;
const PROXIES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'npm_config_proxy',
  'npm_config_https_proxy',
];

/**
 * @param {string} command
 * @param {string[]} args
 * @param {number} timeout milliseconds
 * @returns {Promise<string | null>} what it printed on both streams, null when it failed
 */
const output = (command, args, timeout = DEADLINE_MS) =>
  new Promise((resolve) => {
    execFile(command, args, { timeout, cwd: ROOT }, (error, stdout, stderr) => resolve(error ? null : stdout + stderr));
  });

const dockerWorks = async () => {
  const [engine, compose] = await Promise.all([
    output('docker', ['info', '--format', '{{.ServerVersion}}']),
    output('docker', ['compose', 'version']),
  ]);
  return Boolean(engine?.trim()) && compose !== null;
};

/** @param {string | null} text of `java -version`: 'openjdk version "17.0.15" …', before Java 9 "1.8.0_…" */
export const javaMajor = (text) => {
  const match = text?.match(/version "(?:1\.)?(\d+)/);
  return match ? Number(match[1]) : null;
};

/** @param {string} program */
const onPath = (program) => (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));

/** @param {number} port @returns {Promise<boolean>} */
const isBusy = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });

/** @param {readonly number[]} ports */
export const busyPorts = async (ports) => {
  const busy = await Promise.all(ports.map(isBusy));
  return ports.filter((_, index) => busy[index]);
};

/** Free disk where the checkout is. */
const diskFree = () => {
  try {
    const { bavail, bsize } = statfsSync(ROOT);
    return bavail * bsize;
  } catch {
    return null;
  }
};

/** What can be had without swapping, within a container's limit. Elsewhere than on Linux "free" says little. */
const memoryFree = () => {
  if (process.platform !== 'linux') return totalmem();
  try {
    const match = readFileSync('/proc/meminfo', 'utf8').match(/MemAvailable:\s+(\d+) kB/);
    const available = match ? Number(match[1]) * 1024 : freemem();
    const limit = process.constrainedMemory?.() || Infinity;
    return Math.min(available, limit);
  } catch {
    return null;
  }
};

/**
 * @param {URL} url
 * @returns {Promise<{ host: string, reachable: boolean }>} reachable = takes connections, whatever it then answers
 */
const probe = (url) =>
  new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) });
    /** @param {boolean} reachable */
    const settle = (reachable) => {
      socket.destroy();
      resolve({ host: url.host, reachable });
    };
    socket.setTimeout(DEADLINE_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });

const behindProxy = () => PROXIES.some((name) => process.env[name]);

const npmRegistry = async () => {
  if (behindProxy()) return null;
  const address = (await output('npm', ['config', 'get', 'registry']))?.trim();
  return address && URL.canParse(address) ? probe(new URL(address)) : null;
};

/** Maven's own settings may name a mirror, which only Maven knows how to read: then it is left to say so itself. */
const mavenRegistry = async () => {
  const repository = join(homedir(), '.m2');
  const known =
    existsSync(join(repository, 'repository/org/apache/kafka/kafka_2.13/4.3.0')) ||
    existsSync(join(repository, 'settings.xml'));
  return known || behindProxy() ? null : probe(new URL('https://repo.maven.apache.org'));
};

const checkedOutAt = () => statSync(join(ROOT, 'package.json')).mtimeMs;

/**
 * @param {readonly number[]} ports that must be free
 * @returns {Promise<import('./preflight.mjs').Facts>}
 */
export const machineFacts = async (ports) => {
  const kafkaCached = existsSync(KAFKA_CACHE);
  const install = needsInstall();
  const [docker, java, busy, npm, maven] = await Promise.all([
    dockerWorks(),
    output('java', ['-version'], JAVA_DEADLINE_MS),
    busyPorts(ports),
    install ? npmRegistry() : null,
    kafkaCached ? null : mavenRegistry(),
  ]);
  return {
    nodeVersion: process.versions.node,
    dockerWorks: docker,
    javaVersion: javaMajor(java),
    hasMaven: onPath('mvn'),
    kafkaCached,
    diskFree: diskFree(),
    memoryFree: memoryFree(),
    now: Date.now(),
    checkedOutAt: checkedOutAt(),
    busyPorts: busy,
    needsInstall: install,
    npmRegistry: npm,
    // With Docker no jar is fetched.
    mavenRegistry: docker ? null : maven,
  };
};
