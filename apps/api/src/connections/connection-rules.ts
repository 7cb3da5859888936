import type { Provider } from '@claimwire/provider-kit';
import { PROVIDERS } from '@claimwire/providers';
import { fieldNotValid, type FieldError } from '../http/problem.js';
import { validateAs } from '../http/validation.js';
import type { ConnectionSettingsDto } from './connections.dto.js';

/** Their claim ids are local to an account: two accounts of one tenant may mean different claims by the same id. */
const LOCAL_CLAIM_IDS = ['curacel', 'tpastream', 'stedi'];
/** Whose webhooks name the provider's account. */
const NAME_ACCOUNTS = ['cair', 'stedi'];
const HAVE_REPORTS = ['stedi'];

/** @throws Problem 422 that lists the providers there are */
export function findProvider(name: string): Provider {
  const provider = PROVIDERS.find((candidate) => candidate.name === name);
  if (provider) return provider;
  const names = PROVIDERS.map((candidate) => candidate.name).join(', ');
  throw fieldNotValid('provider', `provider must be one of ${names}`);
}

/** What is wrong with `auth` by the provider's own scheme for its type. */
export async function authErrors(provider: Provider, auth: Record<string, unknown>): Promise<FieldError[]> {
  const { type } = auth;
  const scheme =
    typeof type === 'string' && Object.hasOwn(provider.authSchemes, type) ? provider.authSchemes[type] : undefined;
  if (scheme) return (await validateAs(scheme, auth, 'auth')).errors;
  const types = Object.keys(provider.authSchemes).join(', ');
  return [{ path: 'auth.type', message: `auth.type must be one of ${types}` }];
}

/** What is wrong with `settings` for this provider, whose values alone are valid. */
export function settingsErrors(provider: Provider, settings: ConnectionSettingsDto): FieldError[] {
  const errors: FieldError[] = [];
  const onlyFor = (field: keyof ConnectionSettingsDto, providers: string[]) => {
    if (settings[field] === undefined || providers.includes(provider.name)) return;
    errors.push({ path: `settings.${field}`, message: `only for ${providers.join(' and ')}` });
  };
  onlyFor('claimNamespace', LOCAL_CLAIM_IDS);
  onlyFor('expectedAccounts', NAME_ACCOUNTS);
  onlyFor('reports', HAVE_REPORTS);
  if (settings.reports && settings.reports.apiKey === undefined) {
    errors.push({ path: 'settings.reports.apiKey', message: 'must be stated: the origin is new or was changed' });
  }
  return errors;
}

/** A second connection without a namespace could mix two accounts' claims into one. */
export const needsNamespace = (provider: Provider, settings: ConnectionSettingsDto): boolean =>
  LOCAL_CLAIM_IDS.includes(provider.name) && settings.claimNamespace === undefined;
