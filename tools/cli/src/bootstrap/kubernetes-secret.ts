import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@claimwire/service-host';
import { Agent, request } from 'undici';
import { SettingsError, UsageError } from '../usage-error.js';
import type { KeyPlace } from './bootstrap-platform.js';

/** How a pod calls the API of its cluster. */
export interface ClusterAccess {
  url: string;
  token: string;
  /** PEM; absent = Node's own list. */
  ca?: string;
  namespace: string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 15_000;

/** What Kubernetes gives every pod that has a service account's token mounted. @throws SettingsError outside of a pod */
export function inCluster(env: Environment, folder = SERVICE_ACCOUNT): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      throw new SettingsError(
        `This is no pod with a service account: there is no ${join(folder, name)}. Use --key-file.`,
      );
    }
  };
  if (!host)
    throw new SettingsError('This is no pod of Kubernetes (KUBERNETES_SERVICE_HOST is not set). Use --key-file.');
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `https://${name}:${port}`, token: read('token'), ca: read('ca.crt'), namespace: read('namespace') };
}

/** @param replace an existing one of that name may be overwritten */
export function kubernetesSecret(
  access: ClusterAccess,
  { name, namespace = access.namespace, replace }: { name: string; namespace?: string; replace: boolean },
): KeyPlace {
  if (!/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(name)) throw new UsageError(`"${name}" is no name of a Secret.`);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const call = (method: 'POST' | 'PUT' | 'DELETE', at: string, body?: object) => send(access, method, at, body);
  const refuse = (status: number): never => {
    throw new UsageError(`Kubernetes answers ${status} for the Secret ${namespace}/${name}. Nothing was changed.`);
  };
  return {
    name: `the Secret ${namespace}/${name}, entry api-key`,
    write: async (key) => {
      const body = secretOf(name, key);
      const created = await call('POST', path, body);
      if (created === 201) return;
      if (created !== 409 || !replace) return refuse(created);
      const replaced = await call('PUT', `${path}/${name}`, body);
      if (replaced !== 200) refuse(replaced);
    },
    remove: async () => {
      await call('DELETE', `${path}/${name}`);
    },
  };
}

const secretOf = (name: string, key: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, labels: { 'app.kubernetes.io/part-of': 'claimwire' } },
  type: 'Opaque',
  data: { 'api-key': Buffer.from(key).toString('base64') },
});

/** @returns the status; what Kubernetes says beside it may repeat the Secret */
async function send({ url, token, ca }: ClusterAccess, method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object) {
  const dispatcher = new Agent({ connect: { ca }, headersTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
  try {
    const answer = await request(url + path, {
      method,
      dispatcher,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    await answer.body.dump();
    return answer.statusCode;
  } finally {
    await dispatcher.close();
  }
}
