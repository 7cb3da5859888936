import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { sampleTransaction } from './sample-report.js';
import type { StoredTransaction, TransactionRecord } from './stored-transaction.js';

export interface Fault {
  /** 400, 403, 404, 429, 500, 503, 504, or 0 to cut the connection. */
  status: number;
  /** How many requests it befalls; default 1. */
  times?: number;
  /** Only requests whose path contains this. */
  path?: string;
}

interface Delay {
  milliseconds: number;
  path: string;
}

export interface StediReportServerOptions {
  apiKey: string;
  /** Default: any free port. */
  port?: number;
  /**
   * Answers ids made by `sampleTransactionId` as well, with a report made up from the id; polling does not list them.
   * Default false.
   */
  samples?: boolean;
}

const MAX_PAGE_SIZE = 500;
const REPORT_PATH = /^\/change\/medicalnetwork\/reports\/v2\/([A-Za-z0-9_-]+)\/(277|835)$/;
const TRANSACTION_PATH = /^\/transactions\/([A-Za-z0-9_-]+)$/;

/** Answers like Stedi's report and core APIs do, with faults and delays on demand. Both base URLs are `url`. */
export class StediReportServer {
  private readonly transactions = new Map<string, StoredTransaction>();
  private readonly faults: Required<Fault>[] = [];
  private readonly server: Server;
  private requests = new Map<string, number>();
  private readonly delays: Delay[] = [];
  /** Of the last second, oldest first. */
  private arrivals: number[] = [];
  private mostPerSecond = 0;
  private maxPageSize = MAX_PAGE_SIZE;
  private underWay = 0;
  private mostUnderWay = 0;

  private constructor(
    private apiKey: string,
    private readonly samples: boolean,
  ) {
    this.server = createServer((request, response) => {
      this.noteArrival(performance.now());
      this.handle(request, response)
        .catch((error: unknown) => response.destroy(error as Error))
        .finally(() => (this.underWay -= 1));
    });
  }

  static async start({ apiKey, port = 0, samples = false }: StediReportServerOptions): Promise<StediReportServer> {
    const started = new StediReportServer(apiKey, samples);
    await new Promise<void>((resolve, reject) => {
      started.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  put(transactionId: string, stored: StoredTransaction): void {
    this.transactions.set(transactionId, stored);
  }

  /** The next `times` matching requests get this answer instead. */
  fail(fault: Fault): void {
    this.faults.push({ times: 1, path: '', ...fault });
  }

  /** Every answer waits this long, in milliseconds; with `path` only those to paths that contain it. The newest counts. */
  setDelay(milliseconds: number, path = ''): void {
    this.delays.unshift({ milliseconds, path });
  }

  /** The most transactions on a page of polling, whatever was asked for. */
  setPageSize(items: number): void {
    this.maxPageSize = items;
  }

  /** Answers requests with this key only; those with another get 403. */
  setApiKey(apiKey: string): void {
    this.apiKey = apiKey;
  }

  /** The most requests that were waiting for an answer at the same time. */
  get peakConcurrency(): number {
    return this.mostUnderWay;
  }

  /** The most requests that came within any second. */
  get peakPerSecond(): number {
    return this.mostPerSecond;
  }

  /** Requests whose path contains `part`. */
  count(part = ''): number {
    return [...this.requests].reduce((sum, [path, times]) => (path.includes(part) ? sum + times : sum), 0);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.set(url.pathname, (this.requests.get(url.pathname) ?? 0) + 1);
    const waits = this.delays.find(({ path }) => url.pathname.includes(path))?.milliseconds ?? 0;
    if (waits > 0) await delay(waits);
    const fault = this.takeFault(url.pathname);
    if (fault === 0) return void response.destroy();
    if (fault !== undefined) return answer(response, fault, { code: `FAULT_${fault}`, message: 'fault by request' });
    if (request.headers.authorization !== this.apiKey) {
      return answer(response, 403, { code: 'ACCESS_DENIED', message: 'access denied' });
    }
    if (request.method !== 'GET') return answer(response, 400, { code: 'INVALID_REQUEST', message: 'GET only' });
    const [status, body] = this.find(url);
    answer(response, status, body);
  }

  private noteArrival(now: number): void {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    this.arrivals = [...this.arrivals.filter((arrival) => arrival > now - 1_000), now];
    this.mostPerSecond = Math.max(this.mostPerSecond, this.arrivals.length);
  }

  private takeFault(path: string): number | undefined {
    const fault = this.faults.find((candidate) => candidate.times > 0 && path.includes(candidate.path));
    if (!fault) return undefined;
    fault.times -= 1;
    return fault.status;
  }

  private find(url: URL): [status: number, body: object] {
    if (url.pathname === '/polling/transactions') return this.poll(url.searchParams);
    const [, id = '', kind] = REPORT_PATH.exec(url.pathname) ?? TRANSACTION_PATH.exec(url.pathname) ?? [];
    const stored = this.transactions.get(id) ?? (this.samples ? sampleTransaction(id) : undefined);
    if (!stored || (kind !== undefined && kind !== stored.kind)) {
      return [404, { code: 'RESOURCE_NOT_FOUND', message: 'no such transaction' }];
    }
    return [200, kind === undefined ? describeTransaction(id, stored) : stored.report];
  }

  /**
   * Pages over all transactions processed after `startDateTime`, oldest first; the page token is a position. As at Stedi
   * there always is a next token: a page without items is the last for now.
   */
  private poll(query: URLSearchParams): [status: number, body: object] {
    const start = query.get('startDateTime');
    const token = query.get('pageToken');
    if ((start === null) === (token === null)) {
      return [400, { code: 'INVALID_REQUEST', message: 'either startDateTime or pageToken' }];
    }
    const pageSize = Math.min(Number(query.get('pageSize') ?? MAX_PAGE_SIZE), this.maxPageSize);
    const [from = '', position = '0'] = token === null ? [start ?? ''] : token.split('|');
    const all = [...this.transactions]
      .map(([id, stored]) => describeTransaction(id, stored))
      .filter(({ processedAt }) => Date.parse(processedAt) > Date.parse(from))
      .sort((a, b) => Date.parse(a.processedAt) - Date.parse(b.processedAt));
    const items = all.slice(Number(position), Number(position) + pageSize);
    return [200, { items, nextPageToken: `${from}|${Number(position) + items.length}` }];
  }
}

const DEFAULT_RECORD: TransactionRecord = {
  direction: 'INBOUND',
  mode: 'production',
  status: 'succeeded',
  processedAt: '2025-05-06T19:35:07.912Z',
  partnershipId: 'local-clearinghouse',
};

function describeTransaction(transactionId: string, { kind, transaction }: StoredTransaction) {
  const { partnershipId, ...record } = { ...DEFAULT_RECORD, ...transaction };
  return {
    transactionId,
    ...record,
    partnership: { partnershipId, partnershipType: 'x12' },
    x12: { metadata: { transaction: { controlNumber: '1001', transactionSetIdentifier: kind } } },
    artifacts: [],
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
