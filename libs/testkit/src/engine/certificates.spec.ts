import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { CertificateAuthority } from './certificates.js';

it("makes certificates that TLS accepts both ways, and nobody else's", async () => {
  const authority = new CertificateAuthority();
  const [server, client] = [authority.issue('server'), authority.issue('client')];
  expect(new X509Certificate(authority.certificate).ca).toBe(true);
  const mutual = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate };
  const listener = createServer({ cert: server.certificate, key: server.key, ...mutual }, (socket) =>
    socket.end(String(socket.getPeerCertificate().subject.CN)),
  );
  listener.on('tlsClientError', () => undefined);
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const { port } = listener.address() as AddressInfo;
  const greeting = async (ca: string, { certificate, key } = client): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, ca, cert: certificate, key });
    return (await text(socket)) || 'refused';
  };
  expect(await greeting(authority.certificate)).toBe('client');
  const stranger = new CertificateAuthority('another');
  await expect(greeting(stranger.certificate)).rejects.toThrow(/certificate/);
  expect(await greeting(authority.certificate, stranger.issue('client')).catch(() => 'refused')).toBe('refused');
  listener.close();
});
