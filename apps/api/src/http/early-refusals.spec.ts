import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { answerUnreadable } from './early-refusals.js';

/** @returns all that is written for an error of Node's parser, and the socket */
function answer(code: string, writable = true) {
  const socket = new Socket();
  Object.defineProperty(socket, 'writable', { value: writable });
  let written = '';
  vi.spyOn(socket, 'end').mockImplementation((text: unknown) => {
    written += String(text);
    return socket;
  });
  answerUnreadable(Object.assign(new Error('x'), { code }), socket);
  return { written, socket };
}

describe('what is no HTTP request', () => {
  it.each([
    ['HPE_HEADER_OVERFLOW', 431],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_INVALID_METHOD', 400],
  ])('(%s) is answered %i as problem+json', (code, status) => {
    const [head = '', body = ''] = answer(code).written.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Z]`));
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toMatchObject({ status, title: expect.not.stringMatching('^Error$') as unknown });
  });

  it.each([
    ['ECONNRESET', true],
    ['HPE_INVALID_METHOD', false],
  ])('(%s) gets no answer where nobody could read it', (code, writable) => {
    const { written, socket } = answer(code, writable);
    expect([written, socket.destroyed]).toEqual(['', true]);
  });
});
