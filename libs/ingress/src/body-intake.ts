import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { gunzip } from './gunzip.js';
import type { InFlightShare } from './in-flight-budget.js';
import { codingOf } from './media-type.js';
import { type BodyReading, readBody } from './read-body.js';

export interface IntakeRules {
  /** Of the body as it comes, and of what it is when it is unpacked. */
  maxBytes: number;
  acceptGzip: boolean;
}

/** How bodies get in: their bytes as the provider's application wrote them, which is what it signs. */
export class BodyIntake {
  constructor(private readonly rules: IntakeRules) {}

  read(request: IncomingMessage, share: InFlightShare): Promise<BodyReading> {
    const reading = readBody(request, this.rules.maxBytes, share);
    return this.unpacks(request.headers) ? this.unpack(reading, share) : reading;
  }

  /** Whether a body with these headers is read as it is meant; else its bytes are those on the wire. */
  understands(headers: IncomingHttpHeaders): boolean {
    return codingOf(headers['content-encoding']) === 'identity' || this.unpacks(headers);
  }

  private unpacks(headers: IncomingHttpHeaders): boolean {
    return this.rules.acceptGzip && codingOf(headers['content-encoding']) === 'gzip';
  }

  private async unpack(packed: Promise<BodyReading>, share: InFlightShare): Promise<BodyReading> {
    const reading = await packed;
    return reading.kind === 'complete' ? gunzip(reading.body, this.rules.maxBytes, share) : reading;
  }
}
