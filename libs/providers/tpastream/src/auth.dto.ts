import { isRsaPublicKey } from '@claimwire/signing';
import { ArrayMaxSize, ArrayNotEmpty, Equals, IsArray, IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';

const MAX_KEYS = 10;
const DAY_SECONDS = 86_400;

const EachIsRsaPublicKey = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isRsaPublicKey',
      validator: {
        validate: isRsaPublicKey,
        defaultMessage: () => 'each public key must be RSA of at least 2048 bits, as "ssh-rsa AAAA…" or PEM',
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
  publicKeys!: string[];

  /** Refuses tokens that live longer, in seconds: a captured one is then of little use. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(DAY_SECONDS)
  maxTokenLifetimeSeconds?: number;
}
