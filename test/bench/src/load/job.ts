import type { ProviderName, SenderAuth } from '@claimwire/testkit';

/** Whether each request has a token of its own, or those that a sender would sign within a second have one in common. */
export type TokenUse = 'one_each' | 'one_per_second';

/** Which requests: the same bytes for a server of ours and for a baseline. */
export interface Traffic {
  /** Names the pool: requests of one name are made once and used again while they are fresh. */
  name: string;
  provider: ProviderName;
  auth: SenderAuth;
  tokens?: TokenUse;
  /** Of the connection's address. */
  token: string;
}

export interface Job {
  traffic: Traffic;
  port: number;
  connections: number;
  seconds: number;
  /** Requests per second, whatever the answers take; null = each connection sends the next one after its answer. */
  rate: number | null;
}

/** Times in milliseconds. At a fixed rate they count from when the request was due, so that a stall is not left out. */
export interface Latencies {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

export interface LoadResult {
  /** Answers by status. */
  statuses: Record<string, number>;
  perSecond: number;
  latencies: Latencies;
}

/** From the generator's process; an error is its message. */
export type Report = { result: LoadResult } | { error: string };
