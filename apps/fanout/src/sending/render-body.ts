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

/** The event's bytes as stored, or (`status_only`) what remains when amounts, reasons and references are left out. */
export function renderBody(payload: 'full' | 'status_only', message: Buffer): Buffer {
  if (payload === 'full') return message;
  const event = JSON.parse(message.toString('utf8')) as Record<string, unknown>;
  const kept = REDUCED.filter((field) => field in event).map((field) => [field, event[field]]);
  return Buffer.from(JSON.stringify(Object.fromEntries(kept)));
}
