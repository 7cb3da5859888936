import { Equals, ValidateBy, type ValidationArguments } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { Instant, Json, Nested, NestedList, OneWord, Secret, Text } from '../http/fields.js';
import { headerProblem } from '../http/header-rules.js';
import { HttpUrl } from '../http/http-url.js';

export const CREDENTIAL_TYPES = ['api_keys', 'basic', 'none', 'oauth2_client_credentials'] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

class NamedSet {
  @Text({ max: 200 })
  name!: string;
}

export class CredentialHeader {
  @Text({ max: 100 })
  @ValidateBy({
    name: 'headerAllowed',
    validator: {
      validate: (name: unknown, args?: ValidationArguments) => problemOf(name, args) === null,
      defaultMessage: (args) => `name ${problemOf(args?.value, args)}`,
    },
  })
  name!: string;

  @Secret()
  value!: string;
}

const problemOf = (name: unknown, args: ValidationArguments | undefined) =>
  headerProblem(name, (args?.object as CredentialHeader | undefined)?.value);

export class ApiKeysSet extends NamedSet {
  @ApiProperty({ enum: ['api_keys'] })
  @Equals('api_keys')
  type!: 'api_keys';

  @NestedList(() => CredentialHeader, { max: 10 })
  headers!: CredentialHeader[];
}

export class BasicSet extends NamedSet {
  @ApiProperty({ enum: ['basic'] })
  @Equals('basic')
  type!: 'basic';

  // RFC 7617: a colon ends the user name
  @Text({ max: 255, pattern: /^[^:\p{Cc}]+$/u, hint: 'without ":" and control characters' })
  username!: string;

  @Secret({ max: 1_000 })
  password!: string;
}

export class NoneSet extends NamedSet {
  @ApiProperty({ enum: ['none'] })
  @Equals('none')
  type!: 'none';

  @Nested(() => CredentialHeader, {
    optional: true,
    description: 'A dummy, for receivers that want some header to be there.',
  })
  header?: CredentialHeader;
}

export class OAuth2Set extends NamedSet {
  @ApiProperty({ enum: ['oauth2_client_credentials'] })
  @Equals('oauth2_client_credentials')
  type!: 'oauth2_client_credentials';

  @HttpUrl()
  tokenUrl!: string;

  @Text()
  clientId!: string;

  @Secret()
  clientSecret!: string;

  @Text({ optional: true })
  scope?: string;
}

export const CREDENTIAL_SCHEMES = {
  api_keys: ApiKeysSet,
  basic: BasicSet,
  none: NoneSet,
  oauth2_client_credentials: OAuth2Set,
} as const;

export class CredentialSetView {
  @Text()
  id!: string;

  @Text()
  name!: string;

  @OneWord(CREDENTIAL_TYPES)
  type!: CredentialType;

  @Json({ description: 'Without secrets: names of the headers, or the user name.' })
  config!: Record<string, unknown>;

  @Instant()
  createdAt!: string;

  @Instant()
  updatedAt!: string;
}
