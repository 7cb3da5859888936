import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startTimeOf } from './process-identity.mjs';
import { judgeRecords, type ProcessRecord, stopOrphans } from './process-records.mjs';

const record = (name: string, pid: number, startTime: string): ProcessRecord => ({
  name,
  pid,
  startTime,
  stopSignal: 'SIGTERM',
});
const SUPERVISOR = record('supervisor', 10, 'boot:100');
const API = record('api', 11, 'boot:110');
const KAFKA = record('kafka', 12, 'boot:105');
const alive = (entries: Record<number, string>) => (pid: number) => entries[pid] ?? null;

describe('orphans of an earlier start', () => {
  it('are its processes that still run, when it itself does not', () => {
    const judged = judgeRecords({ supervisor: SUPERVISOR, processes: [KAFKA, API] }, alive({ 12: 'boot:105' }));
    expect(judged).toEqual({ supervisor: null, orphans: [KAFKA] });
  });

  it('are never processes that were given the same pid later', () => {
    const reused = alive({ 10: 'boot:999', 11: 'boot:998', 12: 'other boot:105' });
    expect(judgeRecords({ supervisor: SUPERVISOR, processes: [KAFKA, API] }, reused)).toEqual({
      supervisor: null,
      orphans: [],
    });
  });

  it('do not exist while the supervisor itself runs', () => {
    const running = alive({ 10: 'boot:100', 11: 'boot:110' });
    expect(judgeRecords({ supervisor: SUPERVISOR, processes: [API] }, running)).toEqual({
      supervisor: SUPERVISOR,
      orphans: [],
    });
  });

  it('are stopped politely, and by force when they do not listen', async () => {
    const deaf = spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1e3)'], {
      stdio: 'ignore',
    });
    const polite = spawn('sleep', ['60'], { stdio: 'ignore' });
    const both = [deaf, polite].map(({ pid = NaN }) => record('x', pid, startTimeOf(pid) ?? ''));
    const ends = Promise.all([once(deaf, 'exit'), once(polite, 'exit')]);
    await stopOrphans(both, 300);
    const [, politely] = await ends;
    expect(politely[1]).toBe('SIGTERM');
    expect(both.map(({ pid }) => startTimeOf(pid))).toEqual([null, null]);
  });

  it('leave a process alone whose start time is another', async () => {
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    const pid = stranger.pid ?? NaN;
    await stopOrphans([record('api', pid, 'boot:1')], 100);
    expect(startTimeOf(pid)).not.toBeNull();
    stranger.kill('SIGKILL');
  });
});

describe('the start time of a process', () => {
  it('stays the same, and differs from that of a later one', async () => {
    const first = startTimeOf(process.pid);
    expect(first).toBe(startTimeOf(process.pid));
    const later = spawn('sleep', ['60'], { stdio: 'ignore' });
    expect(startTimeOf(later.pid ?? NaN)).not.toBe(first);
    const exit = once(later, 'exit');
    later.kill('SIGKILL');
    await exit;
    expect(startTimeOf(later.pid ?? NaN)).toBeNull();
  });
});
