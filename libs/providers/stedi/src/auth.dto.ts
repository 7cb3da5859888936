import { IsHeaderName, IsTimedSecrets, MAX_SECRETS, TimedSecretDto } from '@claimwire/provider-kit';
import { decodeWebhookSecret } from '@claimwire/signing';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  Equals,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';

const MAX_HEADERS = 10;
const MAX_VALUE_LENGTH = 4096;
const WEEK_SECONDS = 7 * 24 * 60 * 60;

/** `value`, or in its place `values` while one is rotated for another: whoever is refused once sends nothing any more. */
export class ApiKeyHeaderDto {
  @IsHeaderName()
  name!: string;

  @ValidateIf((header: ApiKeyHeaderDto) => header.values === undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_VALUE_LENGTH)
  value?: string;

  @ValidateIf((header: ApiKeyHeaderDto) => header.values !== undefined)
  @IsTimedSecrets()
  values?: TimedSecretDto[];
}

/** Headers with static values; every one of them must be there and match. */
export class ApiKeysAuthDto {
  @Equals('api_keys')
  type!: 'api_keys';

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_HEADERS)
  @ValidateNested({ each: true })
  @Type(() => ApiKeyHeaderDto)
  headers!: ApiKeyHeaderDto[];
}

export class BasicAuthDto {
  @Equals('basic')
  type!: 'basic';

  /** RFC 7617: no colon, which would end it. */
  @IsString()
  @Matches(/^[^:]+$/)
  @MaxLength(MAX_VALUE_LENGTH)
  username!: string;

  @ValidateIf((auth: BasicAuthDto) => auth.passwords === undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_VALUE_LENGTH)
  password?: string;

  /** In place of `password`, while one is rotated for another. */
  @ValidateIf((auth: BasicAuthDto) => auth.passwords !== undefined)
  @IsTimedSecrets()
  passwords?: TimedSecretDto[];
}

/** Stedi sends `x-stedi-noauth: dummy`; only the random token in the address protects the connection. */
export class NoneAuthDto {
  @Equals('none')
  type!: 'none';
}

const isWebhookSecret = (value: unknown): boolean => typeof value === 'string' && decodeWebhookSecret(value) !== null;

/** "whsec_…" as text, or with the time it holds. */
function isSecretItem(item: unknown): boolean {
  if (typeof item === 'string') return isWebhookSecret(item);
  if (typeof item !== 'object' || item === null || !('value' in item)) return false;
  const timed = Object.assign(new TimedSecretDto(), item);
  return (
    isWebhookSecret(item.value) && validateSync(timed, { whitelist: true, forbidNonWhitelisted: true }).length === 0
  );
}

const EachIsWebhookSecret = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isWebhookSecret',
      validator: {
        validate: isSecretItem,
        defaultMessage: () =>
          'each secret must be base64 ("whsec_…"), or {value, notBefore?, notAfter?} with such a value',
      },
    },
    { each: true },
  );

/** Event Destinations. */
export class StandardWebhooksAuthDto {
  @Equals('standard_webhooks')
  type!: 'standard_webhooks';

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_SECRETS)
  @EachIsWebhookSecret()
  secrets!: (string | TimedSecretDto)[];

  /** Seconds; default 259,200 (72 h): their timestamp is the event's creation, and they retry for up to 48 h. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(WEEK_SECONDS)
  toleranceSeconds?: number;
}
