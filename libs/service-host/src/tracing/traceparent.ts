import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

const FORMAT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const LENGTH = 55;

/** W3C Trace Context, version 00. @returns null for anything else, and for ids of zeroes */
export function readTraceparent(text: string | undefined): SpanContext | null {
  const [, traceId, spanId, flags] = FORMAT.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? context : null;
}

export const writeTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;

/** By its last digit alone: it is asked for every message. */
export function isSampled(traceparent: string | undefined): boolean {
  return traceparent?.length === LENGTH && (traceparent.charCodeAt(LENGTH - 1) & 1) === 1;
}
