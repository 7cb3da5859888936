import type { CredentialSetType } from '@claimwire/postgres/schema';
import { fieldNotValid, notValid, Problem } from '../http/problem.js';
import { validateAs } from '../http/validation.js';
import { withoutSecrets } from '../secret-paths.js';
import { CREDENTIAL_SCHEMES, CREDENTIAL_TYPES, type CredentialType } from './credential-sets.dto.js';

const SECRET_PATHS = ['headers[].value', 'header.value', 'password', 'clientSecret'];

export interface CredentialSetContent {
  name: string;
  type: CredentialSetType;
  /** With its secrets: only ever sealed. */
  config: Record<string, unknown>;
  /** What may be shown of it. */
  shown: Record<string, unknown>;
}

const isType = (type: unknown): type is CredentialType => CREDENTIAL_TYPES.some((known) => known === type);

/** @throws Problem 422 */
export async function readCredentialSet(body: unknown): Promise<CredentialSetContent> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(422, 'The body must be a JSON object.', [{ path: '', message: 'must be a JSON object' }]);
  }
  const type = 'type' in body ? body.type : undefined;
  if (!isType(type)) throw fieldNotValid('type', `type must be one of ${CREDENTIAL_TYPES.join(', ')}`);
  const { instance, errors } = await validateAs<object>(CREDENTIAL_SCHEMES[type], body);
  if (errors.length > 0) throw notValid(errors);
  const { name, ...config } = JSON.parse(JSON.stringify(instance)) as { name: string } & Record<string, unknown>;
  return { name, type, config, shown: withoutSecrets(config, [...SECRET_PATHS, 'type']) };
}
