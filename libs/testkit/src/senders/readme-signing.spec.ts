import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionConfig } from '@claimwire/provider-kit';
import { providerByName } from '@claimwire/providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSshRsaKeyPair, type ProviderName, type SenderAuth, signedRequest, signRs256Jwt } from './index.js';

const PROVIDERS = join(import.meta.dirname, '../../../providers');
const SECRET = 'a "long" $ecret';
const WEBHOOK_SECRET = `whsec_${Buffer.from('twenty-four secret bytes').toString('base64')}`;
const { sshPublicKey, privateKeyPem } = generateSshRsaKeyPair();
const hmac = { type: 'hmac_sha256', header: 'x-signature', secret: SECRET };

/** Every credential that a README shows by hand, and the value of $SECRET that it is shown with. */
const SHOWN: Record<ProviderName, { secret: string; auths: SenderAuth[] }> = {
  cair: {
    secret: SECRET,
    auths: [
      { ...hmac, encoding: 'hex' },
      { ...hmac, encoding: 'base64', prefix: 'sha256=' },
      { type: 'api_secret', header: 'x-api-key', secret: SECRET },
    ],
  },
  curacel: { secret: SECRET, auths: [{ type: 'hmac_sha256', secret: SECRET, mode: 'required' }] },
  tpastream: { secret: '', auths: [{ type: 'jwt_rs256', publicKeys: [sshPublicKey], privateKeyPem }] },
  stedi: {
    secret: WEBHOOK_SECRET,
    auths: [
      { type: 'api_keys', headers: [{ name: 'Authorization', value: SECRET }] },
      { type: 'standard_webhooks', secrets: [WEBHOOK_SECRET] },
    ],
  },
};

interface CurlCall {
  headers: Record<string, string>;
  body: Buffer;
}

/** What curl is told, each argument on a line of base64, a blank line after each call. */
const CURL = `curl() { for arg in "$@"; do printf %s "$arg" | openssl base64 -A; echo; done; echo; }\n`;

/** Blocks of the README that call curl with a webhook. */
const blocksOf = (provider: ProviderName): string[] =>
  [...readFileSync(join(PROVIDERS, provider, 'README.md'), 'utf8').matchAll(/^```sh\n([^]*?)^```$/gm)]
    .map(([, block = '']) => block)
    .filter((block) => block.includes('curl -i "$URL"'));

/** The provider's folder as the README sees it, with a key of one's own. */
function folderOf(provider: ProviderName): string {
  const folder = mkdtempSync(join(tmpdir(), 'claimwire-readme-'));
  symlinkSync(join(PROVIDERS, provider, 'fixtures'), join(folder, 'fixtures'));
  writeFileSync(join(folder, 'private.pem'), privateKeyPem, { mode: 0o600 });
  return folder;
}

function readCall(args: string[], folder: string): CurlCall {
  const valuesOf = (...names: string[]) => args.filter((_, index) => names.includes(args[index - 1] ?? ''));
  const headers = valuesOf('-H').map((line) => [line.split(': ')[0]!.toLowerCase(), line.replace(/^[^:]+: /, '')]);
  const [data = ''] = valuesOf('-d', '--data-binary');
  const body = data.startsWith('@') ? readFileSync(join(folder, data.slice(1))) : Buffer.from(data);
  return { headers: Object.fromEntries(headers) as Record<string, string>, body };
}

/** Runs a block as pasted into bash, but for curl, which only says what it was told. */
function run(block: string, secret: string, folder: string): CurlCall[] {
  const env = { PATH: process.env.PATH, URL: 'http://127.0.0.1/webhooks/x/token', SECRET: secret, KEY: SECRET };
  const out = execFileSync('bash', ['--norc', '-euc', CURL + block], { cwd: folder, env, encoding: 'utf8' });
  return out
    .trimEnd()
    .split('\n\n')
    .map((call) => call.split('\n').map((argument) => Buffer.from(argument, 'base64').toString()))
    .map((args) => readCall(args, folder));
}

/** What our own sender would have put into the same headers at the same time. */
function signedByUs(provider: ProviderName, auth: SenderAuth, { headers, body }: CurlCall): Record<string, string> {
  if (auth.type === 'jwt_rs256') {
    const [, claims = ''] = headers['tpastream-signature']?.split('.') ?? [];
    const payload = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as object;
    return { 'content-type': 'application/json', 'tpastream-signature': signRs256Jwt(privateKeyPem, payload) };
  }
  const seconds = Number(headers['webhook-timestamp'] ?? 0);
  return signedRequest(provider, auth, body, { webhookId: headers['webhook-id'], now: new Date(seconds * 1000) })
    .headers;
}

const isThere = (command: string) => spawnSync(command, ['version'], { stdio: 'ignore' }).error === undefined;

// A machine without them cannot run what the READMEs show either.
const lacking = ['bash', 'openssl'].filter((command) => !isThere(command));
if (lacking.length > 0) console.warn(`SKIPPED: the READMEs' signing lines need ${lacking.join(' and ')}.`);

describe.skipIf(lacking.length > 0).each(Object.keys(SHOWN) as ProviderName[])('the README of %s', (provider) => {
  const { secret, auths } = SHOWN[provider];
  let folder: string;
  let calls: CurlCall[];
  beforeAll(() => {
    folder = folderOf(provider);
    calls = blocksOf(provider).flatMap((block) => run(block, secret, folder));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const signs = (auth: SenderAuth, call: CurlCall) => {
    const ours = Object.entries(signedByUs(provider, auth, call));
    return ours.every(([name, value]) => call.headers[name] === value);
  };

  it('signs by hand what our own sender signs, for every credential it shows', () => {
    for (const auth of auths) {
      expect(
        calls.filter((call) => signs(auth, call)),
        auth.type,
      ).toHaveLength(1);
    }
    expect(calls).toHaveLength(auths.length);
  });

  it('shows requests that the ingress verifies and accepts', async () => {
    const target = providerByName(provider)!;
    for (const call of calls) {
      const auth = auths.find((candidate) => signs(candidate, call))!;
      const connection: ConnectionConfig = { id: 'con_1', tenant: 't', provider, auth, settings: {} };
      expect(await target.verify(call, connection, new Date())).toEqual({ ok: true });
      expect(target.routes[0]?.receive(call.body).kind).toBe('accepted');
    }
  });
});
