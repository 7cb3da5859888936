import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Equals, ValidateBy } from 'class-validator';
import { OneWord, Secret, Text } from '../http/fields.js';
import { headerProblem } from '../http/header-rules.js';

const NAME = { max: 100, pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, hint: 'an HTTP header name' };

/** A header of the webhook's own: fan-out would not sign in one that the client or Claimwire sets. */
const SignatureHeader = () =>
  applyDecorators(
    Text(NAME),
    ValidateBy({
      name: 'signatureHeader',
      validator: {
        validate: (name: unknown) => headerProblem(name, 'signature') === null,
        defaultMessage: (args) => `$property ${headerProblem(args?.value, 'signature')}`,
      },
    }),
  );

/** Standard Webhooks v1; the secret is generated and shown once. */
export class StandardWebhooksSigning {
  @ApiProperty({ enum: ['standard_webhooks'] })
  @Equals('standard_webhooks')
  type!: 'standard_webhooks';
}

/** Hex HMAC-SHA256 over the body, in a header of one's own. */
export class HmacSigning {
  @ApiProperty({ enum: ['hmac_sha256'] })
  @Equals('hmac_sha256')
  type!: 'hmac_sha256';

  @SignatureHeader()
  header!: string;

  @Secret({ min: 16, max: 1_000 })
  secret!: string;

  @OneWord(['hex'], { optional: true, default: 'hex' })
  encoding: 'hex' = 'hex' as const;
}

/** A JWT by the tenant's key, which is at `/.well-known/jwks.json`: iss, aud, jti, iat, exp, webhook, body_sha256. */
export class JwtSigning {
  @ApiProperty({ enum: ['jwt_rs256'] })
  @Equals('jwt_rs256')
  type!: 'jwt_rs256';

  @SignatureHeader()
  header!: string;
}

export class NoSigning {
  @ApiProperty({ enum: ['none'] })
  @Equals('none')
  type!: 'none';
}

export const SIGNINGS = {
  standard_webhooks: StandardWebhooksSigning,
  hmac_sha256: HmacSigning,
  jwt_rs256: JwtSigning,
  none: NoSigning,
};
export type SigningDto = StandardWebhooksSigning | HmacSigning | JwtSigning | NoSigning;
