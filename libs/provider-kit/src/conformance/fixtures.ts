import type { ConnectionConfig, InboundRequest } from '../provider.js';

type Headers = InboundRequest['headers'];

/** One way a connection can be protected, and how a genuine sender signs for it. */
export interface AuthSample {
  name: string;
  auth: ConnectionConfig['auth'];
  /** What a genuine sender adds to a request. */
  sign: (body: Buffer, now: Date) => Headers;
  /** What somebody with other credentials adds; absent where there is nothing to get wrong ("none"). */
  signWrongly?: (body: Buffer, now: Date) => Headers;
  /** A request without credentials is accepted: "none" and "optional". */
  unsignedAccepted?: boolean;
  /** The signature covers the body; a static secret or a bare token does not. */
  coversBody?: boolean;
}

/** One body that the provider sends. */
export interface BodySample {
  name: string;
  /** Route that takes it; absent for a source that no route feeds (Stedi's reports). */
  route?: string;
  source: string;
  /** `ce_type`, where no route gives it. */
  eventType?: string;
  body: Buffer;
  /** What it becomes: facts, a notice, or rightly nothing. */
  expect: 'facts' | 'notice' | 'ignored';
  /** Alters one fact of the parsed body in place, so that it is another event. */
  changeFact?: (body: unknown) => void;
  /** Alters what does not matter in place (a re-sent event's own id, say): the identity must stay. */
  resend?: (body: unknown) => void;
  /** Sets a status that nobody has documented; `original` must be kept. */
  unknownStatus?: { set: (body: unknown) => void; original: string };
  /** Personal data in the body that must never come out. */
  canaries: string[];
}

export interface ConformanceFixtures {
  auths: AuthSample[];
  bodies: BodySample[];
  /** `settings` with every secret that `secretPaths` names there. */
  settings?: ConnectionConfig['settings'];
  /** Objects that the auth schemes must refuse. */
  invalidAuths: { name: string; auth: ConnectionConfig['auth'] }[];
}
