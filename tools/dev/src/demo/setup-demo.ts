import { randomBytes } from 'node:crypto';
import { generateSshRsaKeyPair } from '@claimwire/testkit';
import { ApiClient } from './api-client.js';
import type { DemoConnection, DemoState } from './demo-state.js';

const TENANT = 'demo';

export interface DemoAddresses {
  apiUrl: string;
  receiverUrl: string;
  reportServerUrl: string;
}

export interface SetupInput extends DemoAddresses {
  adminKey: string;
  reportApiKey: string;
}

type Made = Pick<DemoState, 'tenant' | 'apiKey' | 'connections' | 'credentialSetId' | 'webhook'>;

const secret = (): string => randomBytes(24).toString('hex');

/** Connections as a user would post them; `privateKeyPem` stays here, it signs the demo's tokens. */
function connectionRequests({ reportServerUrl, reportApiKey }: SetupInput) {
  const tpaKeys = generateSshRsaKeyPair();
  return [
    {
      provider: 'cair',
      auth: { type: 'hmac_sha256', header: 'x-cair-signature', secret: secret(), encoding: 'hex' },
      settings: {},
    },
    {
      provider: 'curacel',
      auth: { type: 'hmac_sha256', secret: secret(), mode: 'required' },
      settings: { currency: 'NGN' },
    },
    {
      provider: 'tpastream',
      auth: { type: 'jwt_rs256', publicKeys: [tpaKeys.sshPublicKey] },
      settings: {},
      privateKeyPem: tpaKeys.privateKeyPem,
    },
    {
      provider: 'stedi',
      auth: { type: 'api_keys', headers: [{ name: 'x-stedi-key', value: secret() }] },
      settings: { reports: { baseUrl: reportServerUrl, coreBaseUrl: reportServerUrl, apiKey: reportApiKey } },
    },
  ];
}

async function createConnections(api: ApiClient, input: SetupInput): Promise<Record<string, DemoConnection>> {
  const connections: Record<string, DemoConnection> = {};
  for (const { provider, auth, settings, privateKeyPem } of connectionRequests(input)) {
    const request = { provider, name: `demo ${provider}`, auth, settings };
    const made = await api.post<{ id: string; urls: Record<string, string> }>('/connections', request);
    connections[provider] = { ...made, auth: { ...auth, ...(privateKeyPem ? { privateKeyPem } : {}) } };
  }
  return connections;
}

/** Tenant, a connection per provider, and a webhook with one binding for everything: all through the public API. */
export async function createDemo(input: SetupInput): Promise<Made> {
  const admin = new ApiClient(input.apiUrl, input.adminKey);
  const tenant = await admin.post<{ id: string; apiKey: string }>('/tenants', { id: TENANT, name: 'Demo practice' });
  const api = new ApiClient(input.apiUrl, tenant.apiKey);
  const connections = await createConnections(api, input);
  const credentialSet = await api.post<{ id: string }>('/credential-sets', {
    name: 'demo practice-management system',
    type: 'api_keys',
    headers: [{ name: 'x-pms-key', value: secret() }],
  });
  const webhook = await api.post<{ id: string; signing: { secret: string } }>('/webhooks', {
    name: 'demo practice-management system',
    method: 'POST',
    url: input.receiverUrl,
    credentialSetId: credentialSet.id,
    concurrency: 5,
    bindings: [{ eventType: '*' }],
  });
  return {
    tenant: tenant.id,
    apiKey: tenant.apiKey,
    connections,
    credentialSetId: credentialSet.id,
    webhook: { id: webhook.id, secret: webhook.signing.secret },
  };
}

/** Whether what an earlier start made is still there: the database may have been reset or exchanged since. */
export async function demoExists(apiUrl: string, state: DemoState): Promise<boolean> {
  const api = new ApiClient(apiUrl, state.apiKey);
  return api.get(`/webhooks/${state.webhook.id}`).then(
    () => true,
    () => false,
  );
}
