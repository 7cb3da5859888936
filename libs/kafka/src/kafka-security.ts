import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { KafkaSettings } from '@claimwire/service-host';
import type { SASLOptions } from 'kafkajs';
import type { KafkaOptions } from './kafka-handle.js';
import { OauthTokens } from './oauth-tokens.js';

/**
 * The options of a process's settings.
 * @throws when a named file cannot be read
 */
export function kafkaOptions(settings: KafkaSettings): KafkaOptions {
  return {
    brokers: settings.KAFKA_BROKERS,
    clientId: settings.KAFKA_CLIENT_ID,
    topicPrefix: settings.KAFKA_TOPIC_PREFIX,
    tls: tlsOf(settings),
    sasl: saslOf(settings),
  };
}

function tlsOf({ KAFKA_TLS, ...files }: KafkaSettings): ConnectionOptions | undefined {
  if (!KAFKA_TLS) return undefined;
  return {
    ca: contentOf(files.KAFKA_TLS_CA_FILE),
    cert: contentOf(files.KAFKA_TLS_CERT_FILE),
    key: contentOf(files.KAFKA_TLS_KEY_FILE),
  };
}

const contentOf = (file: string | undefined): Buffer | undefined => (file ? readFileSync(file) : undefined);

/** What each mechanism needs is there: KafkaConfig.problems saw to it. */
function saslOf(settings: KafkaSettings): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism } = settings;
  const { KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password = '' } = settings;
  switch (mechanism) {
    case undefined:
      return undefined;
    case 'oauthbearer': {
      const tokens = new OauthTokens({
        url: settings.KAFKA_OAUTH_TOKEN_URL ?? '',
        clientId: settings.KAFKA_OAUTH_CLIENT_ID ?? '',
        clientSecret: settings.KAFKA_OAUTH_CLIENT_SECRET ?? '',
        scope: settings.KAFKA_OAUTH_SCOPE,
      });
      return { mechanism, oauthBearerProvider: async () => ({ value: await tokens.current() }) };
    }
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}
