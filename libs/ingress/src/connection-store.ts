import { isDeepStrictEqual } from 'node:util';
import { Keyring } from '@claimwire/keyring';
import { listen, type Listening, PG_POOL, type Pool } from '@claimwire/postgres';
import { directDatabaseUrl, HealthRegistry, ROOT_LOGGER, type RootLogger } from '@claimwire/service-host';
import type { ConnectionConfig, Provider } from '@claimwire/provider-kit';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { IngressConfig } from './ingress-config.js';
import { ConnectionLoader, hashToken, type TokenEntry } from './load-connections.js';
import { IngressMetrics } from './metrics.js';
import { PROVIDER } from './provider.token.js';
import { TokenLookup } from './token-lookup.js';

/** Until the first load has worked there is nothing to serve from: try often. */
const FIRST_LOAD_RETRY_MS = 500;
/** So many polls in a row may fail until memory is no longer proof that credentials are wrong. */
const MISSED_POLLS = 3;
/** The version sequence is raised before its transaction commits, so that a poll can see it too early. */
const FULL_RELOAD_EVERY_POLLS = 12;

/**
 * The provider's connections in memory, by URL token. Reloaded at once on NOTIFY, and by a poll where one was lost; goes
 * on with what it has while PostgreSQL is away, for a bounded time. A token it does not know is read through, so that a connection works the
 * moment its POST was answered.
 */
@Injectable()
export class ConnectionStore implements OnModuleInit, OnApplicationShutdown {
  /** By the hash of the token. */
  private entries: ReadonlyMap<string, TokenEntry> = new Map();
  /** Those of `entries` that were asked for, by the token itself: a hash per webhook less. Never more than there are tokens. */
  private byToken = new Map<string, TokenEntry>();
  private readonly loader: ConnectionLoader;
  private readonly lookup: TokenLookup;
  private loadedVersion: string | null = null;
  /** When PostgreSQL last said that memory is up to date, on the monotonic clock. */
  private confirmedAt = -Infinity;
  private reloading: Promise<void> | null = null;
  private reloadAgain = false;
  private polls = 0;
  private listening: Listening | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(PG_POOL) pool: Pool,
    @Inject(PROVIDER) provider: Provider,
    private readonly config: IngressConfig,
    private readonly metrics: IngressMetrics,
    private readonly health: HealthRegistry,
    @Inject(ROOT_LOGGER) private readonly logger: RootLogger,
  ) {
    this.loader = new ConnectionLoader(pool, Keyring.parse(config.CLAIMWIRE_KEYRING), provider.name);
    this.lookup = new TokenLookup(this.loader);
  }

  async onModuleInit(): Promise<void> {
    this.health.addReadiness('connections', () => this.loadedVersion !== null || 'not loaded from PostgreSQL yet');
    // Listening first: a change between load and listen would be missed otherwise.
    this.listening = listen(directDatabaseUrl(this.config), 'configuration', () => void this.reload());
    await this.reload();
    this.schedulePoll();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.listening?.stop();
    await this.reloading;
  }

  /**
   * @returns null when there is no such token, or not any more
   * @throws LookupUnavailableError when memory does not know it and PostgreSQL cannot be asked
   */
  find(token: string, now: Date): TokenEntry | null | Promise<TokenEntry | null> {
    const entry = this.byToken.get(token) ?? this.remember(token);
    const valid = entry !== undefined && (entry.notAfter === null || entry.notAfter > now);
    if (valid && this.confirmedWithin(this.config.CONNECTIONS_MAX_AGE_S * 1_000)) return entry;
    return this.readThrough(hashToken(token));
  }

  private remember(token: string): TokenEntry | undefined {
    const entry = this.entries.get(hashToken(token));
    if (entry) this.byToken.set(token, entry);
    return entry;
  }

  private replaceEntries(entries: ReadonlyMap<string, TokenEntry>): void {
    this.entries = entries;
    this.byToken = new Map();
  }

  /**
   * For credentials that memory finds wrong: they may be newer than what it holds.
   * @returns what PostgreSQL has now where that differs, null where memory is right, or was right a moment ago and PostgreSQL
   * cannot be asked
   * @throws LookupUnavailableError when it cannot be asked for longer: nobody can say then that the credentials are wrong
   */
  async findNewer(token: string, known: ConnectionConfig): Promise<ConnectionConfig | null> {
    try {
      const hash = hashToken(token);
      const entry = await this.lookup.find(hash);
      // Kept as it is where nothing changed: providers keep prepared keys by the object.
      if (!entry?.config || isDeepStrictEqual(entry.config, known)) return null;
      this.replaceEntries(new Map(this.entries).set(hash, entry));
      return entry.config;
    } catch (error) {
      if (this.confirmedWithin(MISSED_POLLS * this.config.CONFIGURATION_POLL_MS)) return null;
      throw error;
    }
  }

  private confirmedWithin(ms: number): boolean {
    return performance.now() - this.confirmedAt < ms;
  }

  private async readThrough(hash: string): Promise<TokenEntry | null> {
    const entry = await this.lookup.find(hash);
    if (entry) this.replaceEntries(new Map(this.entries).set(hash, entry));
    return entry;
  }

  /** At most one load runs; a change during it is seen by one more. */
  private reload(): Promise<void> {
    if (this.reloading) {
      this.reloadAgain = true;
      return this.reloading;
    }
    this.reloading = this.load().finally(() => {
      this.reloading = null;
      if (!this.reloadAgain || this.stopped) return;
      this.reloadAgain = false;
      void this.reload();
    });
    return this.reloading;
  }

  private async load(): Promise<void> {
    try {
      // The version first: a change after it is then seen by the next poll.
      const askedAt = performance.now();
      const version = await this.loader.configurationVersion();
      const entries = await this.loader.loadAll();
      this.replaceEntries(new Map(entries.map((entry) => [entry.hash, entry])));
      this.loadedVersion = version;
      this.confirmedAt = askedAt;
      this.report(entries);
    } catch (error) {
      this.metrics.countReload('failed');
      this.logger.warn({ err: error }, 'connections could not be loaded, going on with what is in memory');
    }
  }

  private report(entries: readonly TokenEntry[]): void {
    this.metrics.countReload('ok');
    this.metrics.connections.set(new Set(entries.map(({ connection }) => connection)).size);
    const sealed = new Set(entries.filter(({ config }) => config === null).map(({ connection }) => connection));
    for (const connection of sealed) {
      this.logger.error({ connection }, 'secrets of a connection cannot be opened: check CLAIMWIRE_KEYRING');
    }
  }

  private schedulePoll(): void {
    if (this.stopped) return;
    const delay = this.loadedVersion === null ? FIRST_LOAD_RETRY_MS : this.config.CONFIGURATION_POLL_MS;
    this.timer = setTimeout(() => void this.poll().finally(() => this.schedulePoll()), delay);
  }

  private async poll(): Promise<void> {
    this.polls += 1;
    if (this.loadedVersion === null || this.polls % FULL_RELOAD_EVERY_POLLS === 0) return this.reload();
    try {
      const askedAt = performance.now();
      if ((await this.loader.configurationVersion()) !== this.loadedVersion) await this.reload();
      else this.confirmedAt = askedAt;
    } catch {
      // PostgreSQL is away: memory serves, the next poll asks again.
    }
  }
}
