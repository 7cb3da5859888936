/** The fields of a `status_only` body, in this order. */
const REDUCED = [
  'id',
  'type',
  'tenant',
  'claimKey',
  'version',
  'status',
  'previousStatus',
  'occurredAt',
  'receivedAt',
  'late',
] as const;

const BODILESS: ReadonlySet<string> = new Set(['GET', 'DELETE']);

/** A delivery by this method has no body; its event is named by the headers. */
export const isBodiless = (method: string): boolean => BODILESS.has(method);

/** What remains of an event, `status_only`, when amounts, reasons and references are left out: the minimum necessary. */
export function statusOnlyBody(message: string): string {
  const event = JSON.parse(message) as Record<string, unknown>;
  const kept = REDUCED.filter((field) => field in event).map((field) => [field, event[field]]);
  return JSON.stringify(Object.fromEntries(kept));
}
