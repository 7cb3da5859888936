import { connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** ApiVersions v0, the first request of every client: size, key 18, version 0, correlation id 1, no client id. */
const API_VERSIONS = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255]);
const ERROR_CODE_OFFSET = 8;

/** Whether a broker answers at `host:port`; a KRaft broker takes requests only once it has caught up. */
export const kafkaAnswers = (
  broker: string,
  { timeoutMs = 1_000, tls }: { timeoutMs?: number; tls?: ConnectionOptions } = {},
): Promise<boolean> =>
  new Promise((resolve) => {
    const [host, port] = broker.split(':');
    const at = { host, port: Number(port) };
    const socket = tls ? connectTls({ ...at, ...tls }) : connect(at);
    const settle = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(API_VERSIONS));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= ERROR_CODE_OFFSET + 2) settle(received.readInt16BE(ERROR_CODE_OFFSET) === 0);
    });
  });
