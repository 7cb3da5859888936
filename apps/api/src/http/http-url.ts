import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { IfStated } from './fields.js';

const MAX_URL_LENGTH = 2_000;

/** What keeps a text from being an address that Claimwire calls; null = nothing. */
export function httpUrlProblem(value: unknown): string | null {
  if (typeof value !== 'string' || !URL.canParse(value)) return 'must be an absolute URL';
  if (value.length > MAX_URL_LENGTH) return `must be at most ${MAX_URL_LENGTH} characters long`;
  const { protocol, username, password } = new URL(value);
  if (protocol !== 'http:' && protocol !== 'https:') return 'must start with http:// or https://';
  // they would be stored and logged in the clear: a credential set holds credentials
  if (username !== '' || password !== '') return 'must not hold a user name or password';
  return null;
}

export const originOf = (url: string): string => new URL(url).origin;

/** Field: an http or https address without credentials. Whether it may be dialled is decided when it is. */
export function HttpUrl({ optional = false, description }: { optional?: boolean; description?: string } = {}) {
  const described = { type: 'string', format: 'uri', maxLength: MAX_URL_LENGTH, description } as const;
  return applyDecorators(
    optional ? ApiPropertyOptional(described) : ApiProperty(described),
    ...(optional ? [IfStated()] : []),
    ValidateBy({
      name: 'httpUrl',
      validator: {
        validate: (value: unknown) => httpUrlProblem(value) === null,
        defaultMessage: (args) => `${args?.property} ${httpUrlProblem(args?.value)}`,
      },
    }),
  );
}
