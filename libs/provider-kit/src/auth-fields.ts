import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const MAX_SECRET_LENGTH = 4096;
/** More would only slow verification down: each active secret is tried on every request. */
export const MAX_SECRETS = 10;

/** RFC 9110: a header name is a token. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

/** One of several secrets of a connection while one is rotated for another. */
export class TimedSecretDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_SECRET_LENGTH)
  value!: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  notBefore?: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  notAfter?: string;
}

/** A list of secrets, each with the time it holds: all that hold at a moment are good then. */
export function IsTimedSecrets(): PropertyDecorator {
  const rules = [
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(MAX_SECRETS),
    ValidateNested({ each: true }),
    Type(() => TimedSecretDto),
  ];
  return (target, property) => rules.forEach((rule) => rule(target, property));
}

/** Base of an `auth` that holds `secret`, or in its place `secrets`: exactly one of the two. */
export abstract class SecretAuthDto {
  @ValidateIf((auth: SecretAuthDto) => auth.secrets === undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_SECRET_LENGTH)
  secret?: string;

  @ValidateIf((auth: SecretAuthDto) => auth.secrets !== undefined)
  @IsTimedSecrets()
  secrets?: TimedSecretDto[];
}

/** `header`: name of the header that carries a secret or a signature. */
export function IsHeaderName(): PropertyDecorator {
  return Matches(HEADER_NAME, { message: '$property must be an HTTP header name' });
}
