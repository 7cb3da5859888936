import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Launch, ServerProcess } from '@claimwire/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { judgeRecords, readRecords, stopOrphans } from '../../bootstrap/process-records.mjs';
import type { ServerRecipe } from './kept-server.js';
import { ProcessRegister } from './process-register.js';
import { Supervisor } from './supervisor.js';

/** Says that it is there, and takes its time over a polite stop. */
const STAND_IN = `
const { appendFileSync } = require('node:fs');
const [file, name] = process.argv.slice(1);
process.on('SIGTERM', () => { appendFileSync(file, name + ' stopped\\n'); setTimeout(() => process.exit(0), 50); });
setInterval(() => undefined, 1000);
appendFileSync(file, name + ' started\\n');
`;

let folder: string;
let story: string;
let records: string;
let supervisor: Supervisor;
const said: string[] = [];

const told = async (): Promise<string[]> => (await readFile(story, 'utf8')).trim().split('\n').filter(Boolean);

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain; said: ${said.join('; ')}`);
    await sleep(20);
  }
};

const recipe = (name: string, script = STAND_IN): ServerRecipe => ({
  name,
  stopSignal: 'SIGTERM',
  start: async (launch: Launch) => {
    const server = new ServerProcess(
      {
        name,
        command: process.execPath,
        args: ['-e', script, story, name],
        cwd: folder,
        logFile: join(folder, `${name}.log`),
        stopSignal: 'SIGTERM',
      },
      launch,
    );
    const before = (await told()).filter((line) => line === `${name} started`).length;
    await server.ready(async () => (await told()).filter((line) => line === `${name} started`).length > before, 5_000);
    return { pid: server.pid, ended: server.ended, stop: () => server.stop() };
  },
});

const newSupervisor = (): { supervisor: Supervisor; register: ProcessRegister } => {
  const register = new ProcessRegister(records);
  const made = new Supervisor({ register, log: (line) => said.push(line), onChange: () => undefined });
  return { supervisor: made, register };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimwire-test-'));
  story = join(folder, 'story');
  records = join(folder, 'processes.json');
});

afterEach(async () => {
  await supervisor.stop();
  said.length = 0;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the supervisor', () => {
  it('starts again what is killed, says so, and stops the groups in the opposite order', async () => {
    await writeFile(story, '');
    const made = newSupervisor();
    supervisor = made.supervisor;
    await supervisor.start([recipe('engine')]);
    await supervisor.start([recipe('app')]);
    const first = made.register.pidOf('app') ?? NaN;
    process.kill(first, 'SIGKILL');
    await until(() => said.includes('✔ app is back'));
    expect(said).toEqual(['! app died; it is started again in 0.5 s', '✔ app is back']);
    expect(made.register.pidOf('app')).not.toBe(first);
    await supervisor.stop();
    expect((await told()).slice(-2)).toEqual(['app stopped', 'engine stopped']);
  });

  it('fails when a server does not come up at first, naming its log', async () => {
    await writeFile(story, '');
    ({ supervisor } = newSupervisor());
    await expect(supervisor.start([recipe('broken', 'process.exit(3)')])).rejects.toThrow(/broken ended.*broken\.log/);
  });

  it('leaves nothing behind when it is told to stop in the middle of a start', async () => {
    await writeFile(story, '');
    const made = newSupervisor();
    supervisor = made.supervisor;
    const starting = supervisor.start([recipe('slow', 'setInterval(() => undefined, 1000)')]);
    const outcome = expect(starting).rejects.toThrow('slow ended while it started');
    await until(() => made.register.pidOf('slow') !== undefined);
    await supervisor.stop();
    await outcome;
    expect(() => process.kill(made.register.pidOf('slow') ?? NaN, 0)).toThrow('ESRCH');
  });

  it('leaves records by which orphans of a killed supervisor are found and stopped', async () => {
    await writeFile(story, '');
    ({ supervisor } = newSupervisor());
    await supervisor.start([recipe('kafka'), recipe('app')]);
    const { orphans } = judgeRecords({ ...readRecords(records), supervisor: null });
    expect(orphans.map(({ name }) => name).sort()).toEqual(['app', 'kafka']);
    const stopped = stopOrphans(orphans);
    await supervisor.stop();
    await stopped;
    expect(judgeRecords({ ...readRecords(records), supervisor: null }).orphans).toEqual([]);
  });
});
