import { createRequire } from 'node:module';
import { KafkaJSConnectionError, KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { errorCode, isTooLarge, isTransient } from './classify-error.js';
import { PublishTimeoutError } from './errors.js';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });
const protocol = (type: string, retriable: boolean) =>
  new KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable }));

describe('isTransient', () => {
  it.each([
    coded('ECONNREFUSED'),
    coded('57P01'),
    coded('25P03'),
    coded('log_unknown'),
    coded('08006'),
    coded('40P01'),
    new Error('Connection terminated unexpectedly'),
    new KafkaJSConnectionError('Closed'),
    protocol('NOT_LEADER_FOR_PARTITION', true),
    protocol('UNKNOWN_MEMBER_ID', false),
    Object.assign(new Error('SASL failed: Closed connection'), { name: 'KafkaJSSASLAuthenticationError' }),
    coded('42501'),
    new PublishTimeoutError('t', 1),
    new Error('wrapped', { cause: coded('ECONNRESET') }),
  ])('waits out %s', (error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    new Error('bug'),
    new TypeError('x is undefined'),
    coded('23505'),
    protocol('INVALID_RECORD', false),
    'text',
  ])('crashes on %s', (error) => expect(isTransient(error)).toBe(false));
});

/** Its own types leave out half of its errors, and what they are made of. */
type ErrorClass = new (message: unknown, details?: object) => Error;
interface ClientErrors {
  KafkaJSBrokerNotFound: ErrorClass;
  KafkaJSConnectionClosedError: ErrorClass;
  KafkaJSGroupCoordinatorNotFound: ErrorClass;
  KafkaJSLockTimeout: ErrorClass;
  KafkaJSMetadataNotLoaded: ErrorClass;
  KafkaJSNonRetriableError: ErrorClass;
  KafkaJSNumberOfRetriesExceeded: ErrorClass;
  KafkaJSServerDoesNotSupportApiKey: ErrorClass;
  KafkaJSTopicMetadataNotLoaded: ErrorClass;
}
const load = createRequire(import.meta.url);
const errors = load('kafkajs/src/errors') as ClientErrors;
const protocolErrors = load('kafkajs/src/protocol/error') as {
  createErrorFromCode: (this: void, code: number) => Error;
};
const { createErrorFromCode } = protocolErrors;
const BrokerPool = load('kafkajs/src/cluster/brokerPool') as new (options: object) => {
  refreshMetadata(topics: string[]): Promise<null>;
  disconnect(): Promise<void>;
};
const Broker = load('kafkajs/src/broker') as new (options: object) => { metadata(): Promise<unknown> };

const logger = { namespace: () => logger, debug: () => undefined, error: () => undefined };
const connectionPool = { host: 'a', port: 1, isConnected: () => true, destroy: async () => undefined, sasl: null };
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => null).catch((error: unknown) => error);

describe('what kafkajs makes of a broker that is down, starts, or hands its partitions over', () => {
  it.each([
    new errors.KafkaJSConnectionClosedError('Closed connection', { host: 'a', port: 1 }),
    new errors.KafkaJSBrokerNotFound('Broker 1 not found in the cached metadata'),
    new errors.KafkaJSMetadataNotLoaded('Topic metadata not loaded'),
    new errors.KafkaJSTopicMetadataNotLoaded('Topic metadata not loaded', { topic: 't' }),
    new errors.KafkaJSGroupCoordinatorNotFound('Failed to find group coordinator'),
    new errors.KafkaJSLockTimeout('Timeout while acquiring lock (1 waiting locks)'),
    new errors.KafkaJSNumberOfRetriesExceeded(new Error('Broker not connected'), { retryCount: 6, retryTime: 100 }),
    new errors.KafkaJSNonRetriableError(new KafkaJSConnectionError('x'), { cause: new KafkaJSConnectionError('x') }),
  ])('waits out %s', (error) => expect(isTransient(error)).toBe(true));

  it.each([
    ['UNKNOWN_SERVER_ERROR', -1],
    ['BROKER_NOT_AVAILABLE', 8],
    ['STALE_CONTROLLER_EPOCH', 11],
    ['COORDINATOR_LOAD_IN_PROGRESS', 14],
    ['NOT_COORDINATOR', 16],
    ['ILLEGAL_GENERATION', 22],
    ['FENCED_LEADER_EPOCH', 74],
    ['STALE_BROKER_EPOCH', 77],
    ['OFFSET_NOT_AVAILABLE', 78],
    ['ELIGIBLE_LEADERS_NOT_AVAILABLE', 83],
    ['THROTTLING_QUOTA_EXCEEDED', 89],
    ['UNKNOWN_TOPIC_ID', 100],
    ['TOPIC_AUTHORIZATION_FAILED', 29],
    ['GROUP_AUTHORIZATION_FAILED', 30],
  ])('waits out the answer %s', (_, code) => expect(isTransient(createErrorFromCode(code))).toBe(true));

  it.each([
    ['UNSUPPORTED_VERSION', 35],
    ['GROUP_MAX_SIZE_REACHED', 81],
    ['INVALID_RECORD', 87],
    ['PRODUCER_FENCED', 90],
  ])('crashes on the answer %s', (_, code) => expect(isTransient(createErrorFromCode(code))).toBe(false));

  it('waits out a client that loses its metadata while it reads them', async () => {
    const connectionPoolBuilder = {
      // In the middle: the answer has come, and kafkajs still goes through its brokers.
      build: async () => {
        await pool.disconnect();
        return connectionPool;
      },
    };
    const pool = new BrokerPool({ logger, connectionPoolBuilder, retry: { retries: 0 } });
    const broker = { connectionPool, isConnected: () => true, disconnect: async () => undefined };
    const metadata = async () => ({ brokers: [{ nodeId: 2, host: 'b', port: 1 }], topicMetadata: [] });
    Object.assign(pool, { brokers: { 1: { ...broker, metadata } }, seedBroker: broker });
    const error = await failure(pool.refreshMetadata(['t']));
    expect(error).toBeInstanceOf(TypeError);
    expect(isTransient(error)).toBe(true);
  });

  it('waits out a broker that is asked before its connection is complete', async () => {
    const broker = new Broker({ connectionPool, logger, nodeId: 1, versions: null, allowAutoTopicCreation: false });
    const error = await failure(broker.metadata());
    expect(error).toMatchObject({ message: 'Broker not connected' });
    expect(isTransient(error)).toBe(true);
    expect(isTransient(new errors.KafkaJSNonRetriableError(error as Error, { cause: error as Error }))).toBe(true);
  });

  it('crashes where the same is thrown by anybody else, and on an API that the broker does not have', () => {
    expect(isTransient(new Error('Broker not connected'))).toBe(false);
    expect(isTransient(failing(() => (null as unknown as { brokers: [] }).brokers))).toBe(false);
    expect(isTransient(new errors.KafkaJSServerDoesNotSupportApiKey('x', { apiKey: 99, apiName: 'x' }))).toBe(false);
  });
});

function failing(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('errorCode', () => {
  it('names the innermost code and never quotes a message', () => {
    expect(errorCode(new Error('Jane Roe', { cause: coded('23505', 'Jane') }))).toBe('23505');
    expect(errorCode(new Error('Jane Roe'))).toBe('Error');
  });
});

describe('isTooLarge', () => {
  it('sees through the wrapping of the client', () => {
    expect(isTooLarge(new Error('x', { cause: protocol('MESSAGE_TOO_LARGE', false) }))).toBe(true);
    expect(isTooLarge(protocol('UNKNOWN', true))).toBe(false);
  });
});
