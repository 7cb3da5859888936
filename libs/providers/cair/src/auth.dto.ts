import { IsHeaderName, SecretAuthDto } from '@claimwire/provider-kit';
import { Equals, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

/** `API_SECRET`: a static secret in a header that the customer names. */
export class ApiSecretAuthDto extends SecretAuthDto {
  @Equals('api_secret')
  type!: 'api_secret';

  @IsHeaderName()
  header!: string;
}

/** `HMAC_SHA256`: CAIR documents neither encoding nor prefix, so both are settings. */
export class HmacSha256AuthDto extends SecretAuthDto {
  @Equals('hmac_sha256')
  type!: 'hmac_sha256';

  @IsHeaderName()
  header!: string;

  @IsIn(['hex', 'base64'])
  encoding!: 'hex' | 'base64';

  @IsOptional()
  @IsString()
  @MaxLength(32)
  prefix?: string;
}
