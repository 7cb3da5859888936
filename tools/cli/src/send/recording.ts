import { open, readFile } from 'node:fs/promises';
import { type ProviderName, ROUTE_SUFFIXES } from '@claimwire/testkit/senders';
import { planned, type PlannedWebhook } from './plan.js';
import { UsageError } from '../usage-error.js';

/** A line of a recording. */
interface RecordedLine {
  provider: string;
  route: string;
  /** As sent, in base64: a body need not be text. */
  bodyBase64: string;
}

/** In the order of sending, readable by the owner only: bodies can hold personal data. */
export async function writeRecording(
  file: string,
  provider: ProviderName,
  webhooks: readonly PlannedWebhook[],
): Promise<void> {
  const handle = await open(file, 'w', 0o600).catch(() => {
    throw new UsageError(`--record ${file}: it cannot be written.`);
  });
  try {
    // A file that was there keeps its mode.
    await handle.chmod(0o600);
    for (const { route, body } of webhooks) {
      const line: RecordedLine = { provider, route, bodyBase64: body.toString('base64') };
      await handle.write(`${JSON.stringify(line)}\n`);
    }
  } finally {
    await handle.close();
  }
}

const isRecorded = (value: unknown): value is RecordedLine =>
  typeof value === 'object' &&
  value !== null &&
  'bodyBase64' in value &&
  typeof value.bodyBase64 === 'string' &&
  'route' in value &&
  typeof value.route === 'string' &&
  'provider' in value;

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * @param route of a line that is a bare body, sent byte for byte
 * @throws UsageError naming the line that is neither a recorded webhook nor a JSON object
 */
export function readRecording(content: string, provider: ProviderName, route: string): PlannedWebhook[] {
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const parsed = parseLine(line);
    if (typeof parsed !== 'object' || parsed === null) {
      throw new UsageError(`--replay: line ${index + 1} is not a JSON object.`);
    }
    if (!isRecorded(parsed)) return planned(route, Buffer.from(line));
    if (parsed.provider !== provider || ROUTE_SUFFIXES[provider][parsed.route] === undefined) {
      throw new UsageError(`--replay: line ${index + 1} was recorded for another provider than ${provider}.`);
    }
    return planned(parsed.route, Buffer.from(parsed.bodyBase64, 'base64'));
  });
}

/** @throws UsageError where the file cannot be read */
export async function readInputFile(option: 'body' | 'replay', file: string): Promise<Buffer> {
  return readFile(file).catch(() => {
    throw new UsageError(`--${option} ${file}: there is no such file, or it cannot be read.`);
  });
}
