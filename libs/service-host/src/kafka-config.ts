import { ArrayNotEmpty, IsArray, IsBoolean, IsIn, IsString, IsUrl, Matches } from 'class-validator';
import type { HostConfig } from './host-config.js';
import { type ConfigClass, Setting } from './setting.js';

/** As Kafka's own `sasl.mechanism`, in lower case. */
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export interface KafkaSettings {
  /** host:port */
  KAFKA_BROKERS: string[];
  KAFKA_TOPIC_PREFIX: string;
  KAFKA_CLIENT_ID: string;
  KAFKA_TLS: boolean;
  KAFKA_TLS_CA_FILE?: string;
  KAFKA_TLS_CERT_FILE?: string;
  KAFKA_TLS_KEY_FILE?: string;
  KAFKA_SASL_MECHANISM?: SaslMechanism;
  KAFKA_SASL_USERNAME?: string;
  KAFKA_SASL_PASSWORD?: string;
  KAFKA_OAUTH_TOKEN_URL?: string;
  KAFKA_OAUTH_CLIENT_ID?: string;
  KAFKA_OAUTH_CLIENT_SECRET?: string;
  KAFKA_OAUTH_SCOPE?: string;
}

/** Adds where Kafka is, and how this process shows who it is. */
export function WithKafka<B extends HostConfig>(Base: ConfigClass<B>): ConfigClass<B & KafkaSettings> {
  class KafkaConfig extends (Base as ConfigClass<HostConfig>) implements KafkaSettings {
    @Setting({ help: 'the Kafka brokers, host:port[,host:port…]' })
    @IsArray()
    @ArrayNotEmpty()
    @Matches(/^.+:\d+$/, { each: true, message: 'KAFKA_BROKERS must be a comma list of host:port' })
    KAFKA_BROKERS!: string[];

    @Setting({ help: 'what stands before every topic and group name', default: '' })
    @Matches(/^[A-Za-z0-9._-]*$/)
    KAFKA_TOPIC_PREFIX!: string;

    @Setting({ help: 'the name by which the brokers know this process', default: 'claimwire' })
    @IsString()
    KAFKA_CLIENT_ID!: string;

    @Setting({ help: 'true where the brokers speak TLS', default: false })
    @IsBoolean()
    KAFKA_TLS!: boolean;

    @Setting({ help: "the file of the brokers' CA certificates, PEM; without it Node's own list", optional: true })
    @IsString()
    KAFKA_TLS_CA_FILE?: string;

    @Setting({ help: "the file of this process's certificate for mutual TLS, PEM", optional: true })
    @IsString()
    KAFKA_TLS_CERT_FILE?: string;

    @Setting({ help: "the file of that certificate's private key, PEM", optional: true })
    @IsString()
    KAFKA_TLS_KEY_FILE?: string;

    @Setting({ help: `one of ${SASL_MECHANISMS.join(', ')}`, optional: true })
    @IsIn(SASL_MECHANISMS)
    KAFKA_SASL_MECHANISM?: SaslMechanism;

    @Setting({ help: 'the user of plain and scram', optional: true })
    @IsString()
    KAFKA_SASL_USERNAME?: string;

    @Setting({ help: 'the password of plain and scram', optional: true, secret: true })
    @IsString()
    KAFKA_SASL_PASSWORD?: string;

    @Setting({ help: 'the OAuth2 token endpoint for oauthbearer (client credentials)', optional: true })
    @IsUrl({ require_tld: false, protocols: ['https', 'http'], require_protocol: true })
    KAFKA_OAUTH_TOKEN_URL?: string;

    @Setting({ help: 'the OAuth2 client id for oauthbearer', optional: true })
    @IsString()
    KAFKA_OAUTH_CLIENT_ID?: string;

    @Setting({ help: 'the OAuth2 client secret for oauthbearer', optional: true, secret: true })
    @IsString()
    KAFKA_OAUTH_CLIENT_SECRET?: string;

    @Setting({ help: 'the OAuth2 scope for oauthbearer', optional: true })
    @IsString()
    KAFKA_OAUTH_SCOPE?: string;

    override problems(): string[] {
      return [...super.problems(), ...tlsProblems(this), ...saslProblems(this, this.NODE_ENV)];
    }
  }
  return KafkaConfig as unknown as ConfigClass<B & KafkaSettings>;
}

function tlsProblems(settings: KafkaSettings): string[] {
  const { KAFKA_TLS, KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE } = settings;
  const problems: string[] = [];
  if (!KAFKA_TLS && (KAFKA_TLS_CA_FILE ?? KAFKA_TLS_CERT_FILE ?? KAFKA_TLS_KEY_FILE)) {
    problems.push('KAFKA_TLS_…_FILE has no effect without TLS: set KAFKA_TLS to true');
  }
  if (Boolean(KAFKA_TLS_CERT_FILE) !== Boolean(KAFKA_TLS_KEY_FILE)) {
    problems.push('KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE go together: set both or none');
  }
  return problems;
}

function saslProblems(settings: KafkaSettings, environment: string): string[] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_TLS } = settings;
  if (!mechanism) return [];
  const needed: (keyof KafkaSettings)[] =
    mechanism === 'oauthbearer'
      ? ['KAFKA_OAUTH_TOKEN_URL', 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET']
      : ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'];
  const problems = needed
    .filter((name) => !settings[name])
    .map((name) => `${name} is not set: KAFKA_SASL_MECHANISM ${mechanism} needs it`);
  if (!KAFKA_TLS && environment === 'production' && ['plain', 'oauthbearer'].includes(mechanism)) {
    problems.push(`KAFKA_SASL_MECHANISM ${mechanism} shows its secret to the network: set KAFKA_TLS to true`);
  }
  return problems;
}
