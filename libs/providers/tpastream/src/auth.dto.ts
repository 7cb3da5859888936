import { TimedSecretDto } from '@claimwire/provider-kit';
import { isRsaPublicKey } from '@claimwire/signing';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  Equals,
  IsArray,
  IsInt,
  IsOptional,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';

const MAX_KEYS = 10;
const DAY_SECONDS = 86_400;

/** A key as text, or with the time it holds. */
function isKeyItem(item: unknown): boolean {
  if (typeof item === 'string') return isRsaPublicKey(item);
  if (typeof item !== 'object' || item === null || !('value' in item)) return false;
  const timed = Object.assign(new TimedSecretDto(), item);
  return (
    isRsaPublicKey(item.value) && validateSync(timed, { whitelist: true, forbidNonWhitelisted: true }).length === 0
  );
}

const EachIsRsaPublicKey = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isRsaPublicKey',
      validator: {
        validate: isKeyItem,
        defaultMessage: () =>
          'each public key must be RSA of at least 2048 bits, as "ssh-rsa AAAA…" or PEM, or {value, notBefore?, notAfter?} with such a key',
      },
    },
    { each: true },
  );

/** The JWT in `TPAStream-Signature`. */
export class JwtRs256AuthDto {
  @Equals('jwt_rs256')
  type!: 'jwt_rs256';

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_KEYS)
  @EachIsRsaPublicKey()
  publicKeys!: (string | TimedSecretDto)[];

  /** Refuses tokens that live longer, in seconds: a captured one is then of little use. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(DAY_SECONDS)
  maxTokenLifetimeSeconds?: number;
}
