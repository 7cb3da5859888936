import {
  HostConfig,
  Setting,
  WithDatabase,
  WithHttp,
  WithKafka,
  WithKeyring,
  WithReplication,
} from '@claimwire/service-host';
import { IsBoolean, IsInt, IsString, IsUrl, Max, Min, MinLength } from 'class-validator';

const DatabaseOnly = WithDatabase(HostConfig);
const KafkaOnly = WithKafka(HostConfig);
const WithStores = WithKeyring(WithKafka(WithDatabase(WithHttp(HostConfig))));

/** JWT algorithms that an identity provider signs with; a symmetric or absent one never is accepted. */
export const OIDC_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

export class ApiConfig extends WithStores {
  @Setting({
    help: 'the addresses under which providers reach the ingress apps, JSON {"cair":"https://…", …}',
    default: '{}',
  })
  @IsString()
  PUBLIC_INGRESS_URLS!: string;

  @Setting({ help: 'a platform-admin key that exists from the first start on, cw_…', optional: true, secret: true })
  @MinLength(32)
  BOOTSTRAP_ADMIN_KEY?: string;

  @Setting({ help: 'the tenant that a platform-admin acts as without naming one (development only)', optional: true })
  @IsString()
  DEV_ADMIN_TENANT?: string;

  @Setting({ help: 'the issuer of accepted JWTs; unset = API keys only', optional: true })
  @IsUrl({ require_tld: false })
  OIDC_ISSUER?: string;

  @Setting({ help: 'the audience that a JWT must name', optional: true })
  @IsString()
  OIDC_AUDIENCE?: string;

  @Setting({ help: 'the address of the keys that sign JWTs', optional: true })
  @IsUrl({ require_tld: false })
  OIDC_JWKS_URL?: string;

  @Setting({ help: 'the JWT claim that holds the tenant', default: 'claimwire_tenant' })
  @IsString()
  OIDC_TENANT_CLAIM!: string;

  @Setting({ help: 'the JWT claim that holds viewer, operator, owner or platform-admin', default: 'claimwire_scope' })
  @IsString()
  OIDC_SCOPE_CLAIM!: string;

  @Setting({
    help: 'how often consumer lag and delivery backlog are read for /metrics; 0 = never',
    unit: 'ms',
    default: 10_000,
  })
  @IsInt()
  @Min(0)
  LAG_INTERVAL_MS!: number;

  @Setting({
    help: 'show kafka_… offsets and lag in messages; false where a Kafka exporter does (lag in seconds and the backlog stay)',
    default: true,
  })
  @IsBoolean()
  LAG_OFFSETS!: boolean;

  @Setting({ help: 'how many webhooks with the largest backlog have metrics of their own', default: 20 })
  @IsInt()
  @Min(0)
  @Max(1_000)
  LAG_TOP_WEBHOOKS!: number;

  override problems(): string[] {
    const problems = super.problems();
    if (!parseUrls(this.PUBLIC_INGRESS_URLS)) problems.push('PUBLIC_INGRESS_URLS must be a JSON object of URLs');
    if (this.DEV_ADMIN_TENANT && this.NODE_ENV === 'production') {
      problems.push('DEV_ADMIN_TENANT shows claims to every platform-admin: unset it where NODE_ENV is production');
    }
    const oidc = [this.OIDC_ISSUER, this.OIDC_AUDIENCE, this.OIDC_JWKS_URL].filter((value) => value !== undefined);
    if (oidc.length > 0 && oidc.length < 3) {
      problems.push('OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL go together: set all of them or none');
    }
    return problems;
  }

  /** Base address of a provider's ingress, without a slash at its end; undefined where none is configured. */
  ingressUrl(provider: string): string | undefined {
    const urls = parseUrls(this.PUBLIC_INGRESS_URLS) ?? {};
    return Object.hasOwn(urls, provider) ? urls[provider]?.replace(/\/+$/, '') : undefined;
  }
}

/** Of `migrate.js`. */
export class MigrateConfig extends DatabaseOnly {}

/** Of `topics.js`. */
export class TopicsConfig extends WithReplication(KafkaOnly) {}

function parseUrls(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.values(value).every((url) => typeof url === 'string' && URL.canParse(url))
      ? (value as Record<string, string>)
      : undefined;
  } catch {
    return undefined;
  }
}
