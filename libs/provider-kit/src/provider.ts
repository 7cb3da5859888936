import type { ClaimFact } from '@claimwire/claim';
import type { MessageHeaders, NoticeType, RawReference, Timestamp } from '@claimwire/contracts';

/** A webhook as it came off the wire: header names in lower case, body byte for byte. */
export interface InboundRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** A connection's inbound credentials and settings, secrets in the clear: never logged. */
export interface ConnectionConfig {
  id: string;
  tenant: string;
  provider: string;
  /** As posted to `/v1/connections`, already validated by the provider's `authSchemes`. */
  auth: { type: string } & Record<string, unknown>;
  settings: ConnectionSettings;
}

export interface ConnectionSettings {
  /** "" = same id space as the tenant's first connection of the provider; else put before the id as "namespace:". */
  claimNamespace?: string;
  /** ISO 4217; null = not known. */
  currency?: string | null;
  /** CAIR organizationId or Stedi account: others are quarantined. Empty or absent = all. */
  expectedAccounts?: string[];
  /** Stedi only: where reports are fetched. */
  reports?: { baseUrl: string; coreBaseUrl?: string; apiKey: string };
}

/** `claimNamespace` only where claim ids are local to an account; `expectedAccounts` only where webhooks name theirs. */
export type ProviderSetting = Exclude<keyof ConnectionSettings, 'currency'>;

export type Verification =
  | { ok: true }
  /** `reason` is a short constant code for metrics and audit: "signature_missing", "signature_mismatch", … */
  | { ok: false; reason: string };

/** What the ingress learns from a verified body; it publishes the raw bytes in every case. */
export type Reception =
  | {
      kind: 'accepted';
      /** Goes into `ce_id`; null = every accepted request is its own event. */
      identity: string | null;
      /** Partition key without the tenant: the provider's claim id, else its entity id. */
      entityId: string;
      /** `ce_type`, for example "cair.CLAIM_STATUS_CHANGE". */
      eventType: string;
      /** The provider's account the event speaks of, where it names one (see expectedAccounts). */
      account: string | null;
    }
  /** Genuine, but nothing to work with: quarantined at the ingress. */
  | { kind: 'malformed'; reason: string };

export interface IngressRoute {
  /** Key in the connection's `urls`: "webhook", "claims", "first-crawl-completions". */
  name: string;
  /** What follows `/webhooks/<provider>/{token}`: "" or "/claims". */
  suffix: string;
  receive(body: Buffer): Reception;
}

/** A raw event as read back from its topic. */
export interface RawEvent {
  headers: MessageHeaders;
  body: Buffer;
  raw: RawReference;
  settings: ConnectionSettings;
}

export interface NoticeFact {
  id: string;
  type: NoticeType;
  entity: string;
  occurredAt: Timestamp;
  data: Record<string, unknown>;
}

/** Tagged outcome of normalising one raw event; an exception means a bug. */
export type NormaliseOutcome =
  | { kind: 'facts'; facts: ClaimFact[] }
  | { kind: 'notice'; notice: NoticeFact }
  /** Rightly nothing to do here; `reason` is counted. */
  | { kind: 'ignored'; reason: string }
  /** Cannot be processed; kept with a constant reason code. */
  | { kind: 'quarantine'; reason: string };

/** Class with class-validator decorators that describes one `auth.type`. */
export type AuthScheme = new () => object;

export interface RawSource {
  /** Name in the topic: "stedi-reports" in claims.raw.stedi-reports.v1. */
  source: string;
  normalise(event: RawEvent): NormaliseOutcome;
  /** Whether messages of this `ce_type` are about the claim by which they are keyed; absent = all are. */
  isAboutClaims?: (eventType: string) => boolean;
}

/** What a provider documents of one event's body; all else in it is schema drift, which is reported and never an error. */
export interface KnownFields {
  /** Dotted paths of members at any depth, `[]` for any array item: "data.items[].ref". */
  paths: ReadonlySet<string>;
  /** By path: the documented words of a text that has only certain values. */
  words: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Everything Claimwire knows about one provider. One folder under libs/providers implements it. */
export interface Provider {
  name: string;
  /** Body that a malformed but genuine webhook gets: 406 where the provider stops retrying on it, else 202. */
  malformedStatus: 202 | 406;
  routes: IngressRoute[];
  /** By `auth.type`. */
  authSchemes: Record<string, AuthScheme>;
  /** Verifies raw bytes in constant time. Never throws: what cannot be checked is refused with a reason. */
  verify(request: InboundRequest, connection: ConnectionConfig, now: Date): Verification | Promise<Verification>;
  sources: RawSource[];
  /** Dotted paths of secrets in `auth` and `settings`, `[]` for any array item: sealed at rest, never returned. */
  secretPaths: string[];
  /** Members of `settings` that mean something for this provider, beside `currency` which all have. */
  settings: readonly ProviderSetting[];
  /** By `ce_type`; undefined for an event whose body is not described. Without it the provider has no drift report. */
  knownFields?(eventType: string): KnownFields | undefined;
}
