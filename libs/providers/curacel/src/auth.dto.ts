import { IsHeaderName, SecretAuthDto } from '@claimwire/provider-kit';
import { Equals, IsIn, IsOptional } from 'class-validator';

/** The signature of the vendor's other products; the claims page documents none, hence "optional". */
export class HmacSha256AuthDto extends SecretAuthDto {
  @Equals('hmac_sha256')
  type!: 'hmac_sha256';

  /** Default "x-curacel-signature". */
  @IsOptional()
  @IsHeaderName()
  header?: string;

  /** "optional": a request without a signature is accepted, one with a wrong signature is not. */
  @IsIn(['required', 'optional'])
  mode!: 'required' | 'optional';
}

/** Only the random token in the address protects the connection. */
export class NoneAuthDto {
  @Equals('none')
  type!: 'none';
}
