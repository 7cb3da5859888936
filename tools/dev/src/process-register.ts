import {
  type ProcessRecord,
  type Records,
  removeRecords,
  startTimeOf,
  writeRecords as writeToFile,
} from './bootstrap-modules.js';

type StopSignal = ProcessRecord['stopSignal'];

const recordOf = (name: string, pid: number, stopSignal: StopSignal): ProcessRecord | null => {
  const startTime = startTimeOf(pid);
  return startTime === null ? null : { name, pid, startTime, stopSignal };
};

/** Writes down every process of ours as soon as it exists, so that the next start can tell and stop our orphans. */
export class ProcessRegister {
  private readonly processes = new Map<string, ProcessRecord>();
  private readonly supervisor = recordOf('supervisor', process.pid, 'SIGTERM');

  /** @param file where the records are kept; var/processes.json unless a test says otherwise */
  constructor(private readonly file?: string) {
    this.write();
  }

  add(name: string, pid: number, stopSignal: StopSignal): void {
    const record = recordOf(name, pid, stopSignal);
    if (record) this.processes.set(name, record);
    this.write();
  }

  /** The pid that `name` was last started with. */
  pidOf(name: string): number | undefined {
    return this.processes.get(name)?.pid;
  }

  /** Everything has been stopped. */
  clear(): void {
    removeRecords(this.file);
  }

  private write(): void {
    const records: Records = { supervisor: this.supervisor, processes: [...this.processes.values()] };
    writeToFile(records, this.file);
  }
}
