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
