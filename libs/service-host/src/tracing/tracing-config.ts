import { IsBoolean, IsIn, IsInt, IsNumber, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { Setting } from '../setting.js';

export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

const PAIRS = /^[^=,\s]+\s*=[^,]*(,\s*[^=,\s]+\s*=[^,]*)*$/;
const ADDRESS = { require_tld: false, protocols: ['http', 'https'], require_protocol: true };

/**
 * OpenTelemetry's own variables, as far as this process heeds them. Without an endpoint there is no tracing, and no cost of
 * it. See https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export class TracingConfig {
  @Setting({ help: 'true to trace nothing, whatever else is set', default: false })
  @IsBoolean()
  OTEL_SDK_DISABLED!: boolean;

  @Setting({ help: "the collector's OTLP/HTTP address, which /v1/traces is added to; none: no traces", optional: true })
  @IsUrl(ADDRESS)
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @Setting({ help: "the collector's whole address for traces, before the one above", optional: true })
  @IsUrl(ADDRESS)
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;

  @Setting({ help: 'http/protobuf, the only one spoken here', default: 'http/protobuf' })
  @IsIn(['http/protobuf'])
  OTEL_EXPORTER_OTLP_PROTOCOL!: string;

  @Setting({
    help: 'headers for the collector, name=value[,name=value…], percent-encoded',
    optional: true,
    secret: true,
  })
  @Matches(PAIRS, { message: 'OTEL_EXPORTER_OTLP_HEADERS must be name=value[,name=value…]' })
  OTEL_EXPORTER_OTLP_HEADERS?: string;

  @Setting({ help: 'how long one export may take, tries included', unit: 'ms', default: 10_000 })
  @IsInt()
  @Min(1)
  OTEL_EXPORTER_OTLP_TIMEOUT!: number;

  @Setting({
    help: "the file of the CA certificates of the collector, PEM; without it Node's own list",
    optional: true,
  })
  @IsString()
  OTEL_EXPORTER_OTLP_CERTIFICATE?: string;

  @Setting({ help: 'the name of this process in traces; none: that of the app', optional: true })
  @IsString()
  OTEL_SERVICE_NAME?: string;

  @Setting({ help: 'attributes of all spans, name=value[,name=value…], percent-encoded', optional: true })
  @Matches(PAIRS, { message: 'OTEL_RESOURCE_ATTRIBUTES must be name=value[,name=value…]' })
  OTEL_RESOURCE_ATTRIBUTES?: string;

  @Setting({ help: `which traces are kept: ${SAMPLERS.join(', ')}`, default: 'parentbased_always_on' })
  @IsIn(SAMPLERS)
  OTEL_TRACES_SAMPLER!: SamplerName;

  @Setting({ help: 'the share that a traceidratio keeps, 0 to 1', default: 1 })
  @IsNumber()
  @Min(0)
  @Max(1)
  OTEL_TRACES_SAMPLER_ARG!: number;

  @Setting({ help: 'ended spans that wait for the collector at most; more are dropped', unit: 'spans', default: 2_048 })
  @IsInt()
  @Min(1)
  OTEL_BSP_MAX_QUEUE_SIZE!: number;

  @Setting({ help: 'how long ended spans are gathered', unit: 'ms', default: 5_000 })
  @IsInt()
  @Min(1)
  OTEL_BSP_SCHEDULE_DELAY!: number;
}

/**
 * The share of the traces that begin here which is kept, where a parent decides for its children; null = the SDK's sampler is
 * asked about each span, children too.
 */
export function rootShare({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG }: TracingConfig): number | null {
  switch (OTEL_TRACES_SAMPLER) {
    case 'parentbased_always_on':
      return 1;
    case 'parentbased_always_off':
      return 0;
    case 'parentbased_traceidratio':
      return OTEL_TRACES_SAMPLER_ARG;
    default:
      return null;
  }
}

/** Where spans go; null = nowhere. */
export function tracesEndpoint(config: TracingConfig): string | null {
  if (config.OTEL_SDK_DISABLED) return null;
  if (config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  return base ? `${base.replace(/\/+$/, '')}/v1/traces` : null;
}

/** The pairs of a list as OTEL_RESOURCE_ATTRIBUTES has it. What cannot be percent-decoded stays as it is. */
export function readPairs(text = ''): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    if (at > 0) pairs[pair.slice(0, at).trim()] = decoded(pair.slice(at + 1).trim());
  }
  return pairs;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
