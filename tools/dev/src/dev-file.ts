import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DemoInfo } from './demo/run-demo.js';

/** `var/dev.json`: what a person or a test from outside needs to use a running system. */
export interface DevFile {
  readonly api: { readonly url: string; readonly key: string };
  /** Base URL by provider. */
  readonly ingress: Readonly<Record<string, string>>;
  readonly kafka: { readonly brokers: readonly string[] };
  readonly postgres: { readonly url: string };
  readonly demo: DemoInfo;
  readonly processes: readonly DevProcess[];
}

export interface DevProcess {
  readonly name: string;
  readonly pid: number;
  /** Only apps have one. */
  readonly managementUrl?: string;
}

/** Replaces the file in one move: a reader sees the old one or the new one. Only the owner can read it. */
export const writeDevFile = (file: string, content: DevFile): void => {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
};

/** A file of addresses where nobody answers any more would mislead. */
export const removeDevFile = (file: string): void => rmSync(file, { force: true });
