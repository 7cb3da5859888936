import { readFile, rename, writeFile } from 'node:fs/promises';

export interface DemoConnection {
  id: string;
  urls: Record<string, string>;
  /** As posted; for tpastream with the private key that signs the demo's tokens beside it. */
  auth: { type: string } & Record<string, unknown>;
}

/** What the demo made through the API, kept so that a second start finds it again. Holds secrets: mode 0600. */
export interface DemoState {
  tenant: string;
  apiKey: string;
  connections: Record<string, DemoConnection>;
  credentialSetId: string;
  webhook: { id: string; secret: string };
  receiverPort: number;
  reportServerPort: number;
  reportApiKey: string;
}

/** @returns undefined when there is none, or it cannot be read as one. */
export async function readDemoState(file: string): Promise<DemoState | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DemoState;
  } catch {
    return undefined;
  }
}

export async function writeDemoState(file: string, state: DemoState): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
