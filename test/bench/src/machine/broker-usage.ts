import { testKafkaBrokers } from '@claimwire/testkit';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Usage, usageOf } from './process-usage.js';

const BROKER_CLASS = 'kafka.Kafka';
const LISTENING = '0A';
const HEX = 16;
/** Columns of /proc/net/tcp. */
const [LOCAL_ADDRESS, STATE, INODE] = [1, 3, 9];

/** Inodes of the sockets that listen on the port. */
async function listeners(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((text) => text.split('\n').slice(1)).map((line) => line.trim().split(/\s+/));
  const own = rows.filter(
    (row) => row[STATE] === LISTENING && parseInt(row[LOCAL_ADDRESS]?.split(':')[1] ?? '', HEX) === port,
  );
  return new Set(own.map((row) => `socket:[${row[INODE]}]`));
}

async function isBroker(pid: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').includes(BROKER_CLASS);
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  return targets.some((target) => sockets.has(target));
}

async function findBroker(): Promise<number | undefined> {
  const port = Number(testKafkaBrokers()[0]?.split(':').at(-1));
  const sockets = await listeners(port);
  const entries = await readdir('/proc').catch(() => []);
  for (const pid of entries.filter((name) => /^\d+$/.test(name))) {
    if ((await isBroker(pid)) && (await holds(pid, sockets))) return Number(pid);
  }
  return undefined;
}

let broker: Promise<number | undefined> | undefined;

/** @returns null unless the broker under test runs on this machine, in a process that we may look at */
export async function brokerUsage(): Promise<Usage | null> {
  broker ??= findBroker();
  return usageOf(await broker);
}
