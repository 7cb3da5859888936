import type { ClaimHistoryEntry } from '@claimwire/claim';
import type { Alias, Amounts, ClaimState, Payment, Reason } from '@claimwire/contracts';

/** Members in order; `true` for what has none of its own, the members' shape for an object or a list of objects. */
interface Shape {
  [member: string]: Shape | true;
}
type Members<T> = Record<keyof T, Shape | true>;

const AMOUNTS = {
  currency: true,
  billed: true,
  allowed: true,
  approved: true,
  paid: true,
  patientResponsibility: true,
} satisfies Members<Amounts>;
const REASON = { system: true, code: true, group: true, amount: true, text: true } satisfies Members<Reason>;
const PAYMENT = { trace: true, date: true, method: true } satisfies Members<Payment>;
const ALIAS = { system: true, value: true } satisfies Members<Alias>;

const STATE = {
  claimKey: true,
  tenant: true,
  provider: true,
  status: true,
  previousStatus: true,
  statusSince: true,
  version: true,
  attempt: true,
  flags: true,
  amounts: AMOUNTS,
  payment: PAYMENT,
  reasons: REASON,
  aliases: ALIAS,
  firstReceivedAt: true,
  lastReceivedAt: true,
} satisfies Members<ClaimState>;

const HISTORY = {
  id: true,
  version: true,
  occurredAt: true,
  receivedAt: true,
  late: true,
  status: true,
  reasons: REASON,
  amounts: AMOUNTS,
  provider: true,
  connection: true,
  type: true,
  occurrence: true,
  changed: { field: true, from: true, to: true },
} satisfies Members<ClaimHistoryEntry>;

/** PostgreSQL's jsonb sorts members by their length: people read them in the documented order. */
export const stateInOrder = (state: ClaimState): ClaimState => inOrder(state, STATE) as ClaimState;
export const historyInOrder = (entry: ClaimHistoryEntry): ClaimHistoryEntry =>
  inOrder(entry, HISTORY) as ClaimHistoryEntry;

/** What the shape does not know comes last: nothing is lost that a newer version has written. */
function inOrder(value: unknown, shape: Shape | true | undefined): unknown {
  if (shape === true || shape === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => inOrder(item, shape));
  const members = new Map(Object.entries(value));
  const known = Object.keys(shape).filter((name) => members.has(name));
  const names = new Set([...known, ...members.keys()]);
  return Object.fromEntries([...names].map((name) => [name, inOrder(members.get(name), shape[name])]));
}
