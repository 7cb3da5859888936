import type { Provider, ProviderSetting } from '@claimwire/provider-kit';
import { PROVIDERS } from '@claimwire/providers';
import { fieldNotValid, type FieldError } from '../http/problem.js';
import { validateAs } from '../http/validation.js';
import type { ConnectionSettingsDto } from './connections.dto.js';

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

const OPTIONAL_SETTINGS: readonly ProviderSetting[] = ['claimNamespace', 'expectedAccounts', 'reports'];

const namesOfThoseWith = (field: ProviderSetting): string =>
  PROVIDERS.filter(({ settings }) => settings.includes(field))
    .map(({ name }) => name)
    .join(' and ');

/** What is wrong with `settings` for this provider, whose values alone are valid. */
export function settingsErrors(provider: Provider, settings: ConnectionSettingsDto): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of OPTIONAL_SETTINGS) {
    if (settings[field] === undefined || provider.settings.includes(field)) continue;
    errors.push({ path: `settings.${field}`, message: `only for ${namesOfThoseWith(field)}` });
  }
  if (settings.reports && settings.reports.apiKey === undefined) {
    errors.push({ path: 'settings.reports.apiKey', message: 'must be stated: the origin is new or was changed' });
  }
  return errors;
}

/** A second connection without a namespace could mix two accounts' claims into one. */
export const needsNamespace = (provider: Provider, settings: ConnectionSettingsDto): boolean =>
  provider.settings.includes('claimNamespace') && settings.claimNamespace === undefined;
