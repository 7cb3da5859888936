import { readFile } from 'node:fs/promises';

/** What the operating system says of a process since its start. */
export interface Usage {
  cpuSeconds: number;
  rssBytes: number;
}

/** Fields of /proc/<pid>/stat after the command's name, which may hold spaces; ticks are 1/100 s on every Linux. */
const STAT = { userTicks: 11, systemTicks: 12, rssPages: 21 };
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** @returns null where there is no such process, or no /proc */
export async function usageOf(pid: number | undefined): Promise<Usage | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[STAT.userTicks]) + Number(fields[STAT.systemTicks]);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes: Number(fields[STAT.rssPages]) * PAGE_BYTES };
}
