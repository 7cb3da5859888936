import { randomUUID } from 'node:crypto';
import { cairStatusChange, signedRequest } from '@claimwire/testkit';
import type { DemoState } from './demo-state.js';

/** For a POSIX shell: everything literal but the quote itself. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const header = (name: string, value: string): string => `-H ${quote(`${name}: ${value}`)}`;

export interface CurlLine {
  what: string;
  command: string;
}

export interface CurlInput {
  apiUrl: string;
  receiverUrl: string;
  demo: DemoState;
}

/** Three lines that work as pasted: a signed webhook, a query of the claim it makes, a webhook of one's own. */
export function curlLines({ apiUrl, receiverUrl, demo }: CurlInput): CurlLine[] {
  const claimFhirId = randomUUID();
  const body = cairStatusChange({ claimFhirId, timestamp: new Date().toISOString() });
  const { cair } = demo.connections;
  if (!cair) throw new Error('the demo has no CAIR connection');
  const request = signedRequest('cair', cair.auth, body);
  const headers = Object.entries(request.headers).map(([name, value]) => header(name, value));
  const bearer = header('authorization', `Bearer ${demo.apiKey}`);
  const claimKey = encodeURIComponent(`${demo.tenant}/cair/${claimFhirId}`);
  const webhook = {
    name: 'my own system',
    method: 'POST',
    url: receiverUrl.replace(/\/claims$/, '/mine'),
    credentialSetId: demo.credentialSetId,
    concurrency: 2,
    bindings: [{ eventType: '*', filters: { provider: 'cair' } }],
  };
  return [
    {
      what: 'a signed webhook',
      command: `curl -sS ${quote(cair.urls.webhook ?? '')} ${headers.join(' ')} -d ${quote(request.body.toString('utf8'))}`,
    },
    {
      what: 'the claim it made',
      command: `curl -fsS --retry 5 --retry-all-errors ${quote(`${apiUrl}/v1/claims/${claimKey}`)} ${bearer}`,
    },
    {
      what: 'a webhook of your own (edit the url)',
      command: `curl -sS ${quote(`${apiUrl}/v1/webhooks`)} ${bearer} ${header('content-type', 'application/json')} -d ${quote(JSON.stringify(webhook))}`,
    },
  ];
}
