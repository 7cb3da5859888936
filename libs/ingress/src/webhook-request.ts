import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Who gets a body's bytes as they come. */
export interface BodyTaker {
  chunk(bytes: Buffer): void;
  end(): void;
  /** The connection ended before the body did. */
  lost(): void;
}

/**
 * A request whose body can be taken as the parser gives it. What a Readable does between the parser and a reader (buffer,
 * listeners, five turns of the tick queue) was as dear as verifying an HMAC. Whoever takes nothing has the usual stream.
 */
export class WebhookRequest extends IncomingMessage {
  private taker: BodyTaker | null = null;
  private begun = false;
  /** All of it was taken. */
  ended = false;

  /** @returns false when bytes have come already: they are in the stream then, and must be read from it */
  takeBody(taker: BodyTaker): boolean {
    if (this.begun || this.destroyed) return false;
    this.taker = taker;
    // As reading would; else Node throws the body away once the answer is sent.
    (this as { _consuming?: boolean })._consuming = true;
    return true;
  }

  /** The parser's side of the stream. Its answer lets the socket go on: what takes bounds what it keeps. */
  override push(bytes: Buffer | null): boolean {
    this.begun = true;
    if (this.taker === null) return super.push(bytes);
    if (bytes !== null) this.taker.chunk(bytes);
    else if (!this.ended) {
      this.ended = true;
      this.taker.end();
    }
    return true;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.ended) this.taker?.lost();
    super._destroy(error, callback);
  }
}

/** Node asks for it when it lets go of a request. An accessor there, which the types do not let a class override. */
const ofStreams = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded')!;
Object.defineProperty(WebhookRequest.prototype, 'readableEnded', {
  ...ofStreams,
  get(this: WebhookRequest): boolean {
    return this.ended || (ofStreams.get!.call(this) as boolean);
  },
});
