import { subscribe } from 'node:diagnostics_channel';
import { takeConnectionTimes, type ConnectionTimes } from '@claimwire/egress';
import type { Dispatcher } from 'undici';
import type { IncomingHttpHeaders } from 'undici/types/header.js';
import { attemptError } from './attempt-error.js';
import type { AttemptError } from './attempt-error.js';
import type { Deadlines } from './deadlines.js';

/** How much of an answer's body is kept for the log. */
export const KEPT_BODY_BYTES = 2048;
/** A longer body is not waited for: its socket is closed and the status counts. */
const LONGEST_BODY_BYTES = 256 * 1024;

/** Beside what opening a connection took, where the request needed a new one. */
export interface Phases extends ConnectionTimes {
  /** Milliseconds until a socket was there. */
  connect: number | null;
  /** Milliseconds until the answer's headers. */
  firstByte: number | null;
  total: number;
}

export interface Exchange {
  /** null where there was no whole answer. */
  status: number | null;
  error: AttemptError | null;
  /** By lower-case name; one that came several times has a list. */
  headers: IncomingHttpHeaders;
  /** Its first part. */
  body: Buffer;
  phases: Phases;
}

export interface ExchangeRequest {
  origin: string;
  path: string;
  method: Dispatcher.HttpMethod;
  headers: string[];
  body: Buffer | null;
  timeoutMs: number;
  /** How much of the answer's body is kept: 2 kB unless told. */
  keptBodyBytes?: number;
}

class TimedOutError extends Error {
  readonly code = 'ETIMEDOUT';
}

/** The exchange whose request is being written: undici says by a channel, in the same turn, on which socket. */
let starting: ExchangeHandler | null = null;

function startOn(exchange: ExchangeHandler): void {
  starting = exchange;
}

subscribe('undici:client:sendHeaders', (message) => {
  const { socket } = message as { socket: object };
  if (starting) starting.connection = takeConnectionTimes(socket);
  starting = null;
});

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** One request and its answer, on undici's lowest level: no stream and no abort signal per delivery. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  private readonly startedAt = performance.now();
  private controller: Dispatcher.DispatchController | null = null;
  private connectMs: number | null = null;
  private firstByteMs: number | null = null;
  private status: number | null = null;
  private headers: IncomingHttpHeaders = {};
  private readonly kept: Buffer[] = [];
  private received = 0;
  private done = false;
  /** What opening the socket took, where this is its first request. */
  connection: ConnectionTimes | undefined;
  private readonly callOff: () => void;

  constructor(
    private readonly timeoutMs: number,
    deadlines: Deadlines,
    private readonly keptBytes: number,
    private readonly finish: (exchange: Exchange) => void,
  ) {
    this.callOff = deadlines.after(timeoutMs, () => this.abort(new TimedOutError()));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Its time ran out while it waited for a socket: it must not be sent any more, since the lease covers its time only.
    // A process that was stopped hears of the socket before its timers: the clock is looked at here.
    if (this.done || performance.now() - this.startedAt >= this.timeoutMs) return this.abort(new TimedOutError());
    this.connectMs = this.elapsed();
    startOn(this);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // An informational answer (103) comes before the real one.
    if (status < 200) return;
    this.firstByteMs = this.elapsed();
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.received < this.keptBytes) this.kept.push(Buffer.from(chunk.subarray(0, this.keptBytes - this.received)));
    this.received += chunk.length;
    if (this.received <= LONGEST_BODY_BYTES) return;
    this.end(this.status, null);
    this.controller?.abort(new Error('the body is longer than anybody reads'));
  }

  onResponseEnd(): void {
    this.end(this.status, null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.end(null, attemptError(error));
  }

  private abort(error: TimedOutError): void {
    this.end(null, attemptError(error));
    this.controller?.abort(error);
  }

  private end(status: number | null, error: AttemptError | null): void {
    if (this.done) return;
    this.done = true;
    this.callOff();
    const phases = { ...this.connection, connect: this.connectMs, firstByte: this.firstByteMs, total: this.elapsed() };
    this.finish({ status, error, headers: this.headers, body: Buffer.concat(this.kept), phases });
  }

  private elapsed(): number {
    return rounded(performance.now() - this.startedAt);
  }
}

/**
 * Sends one request; resolves with what came of it within `timeoutMs`, counted to the end of the answer. Never rejects: a
 * failure is an `error` code. Nothing is sent once the time is over.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest, deadlines: Deadlines): Promise<Exchange> {
  const { origin, path, method, headers, body, timeoutMs, keptBodyBytes = KEPT_BODY_BYTES } = request;
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(timeoutMs, deadlines, keptBodyBytes, resolve);
    if (timeoutMs <= 0) return handler.onResponseError(null, new TimedOutError());
    try {
      // Our own deadline counts; undici's run per phase.
      dispatcher.dispatch({ origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }, handler);
    } catch (error) {
      handler.onResponseError(null, error as Error);
    }
  });
}
