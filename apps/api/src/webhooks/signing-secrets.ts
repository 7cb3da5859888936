import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@claimwire/keyring';
import type { Webhook, WebhookSigning } from '@claimwire/postgres/schema';
import { fieldNotValid } from '../http/problem.js';
import type { SigningDto } from './signing.dto.js';

/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;

interface SigningSecret {
  value: string;
  /** ISO time from which on nothing is signed with it. */
  notAfter?: string;
}

const place = ({ id, tenantId }: Webhook) => ({
  tenant: tenantId,
  table: 'webhooks',
  row: id,
  column: 'signing_sealed',
});

const generate = {
  standard_webhooks: () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
  hmac_sha256: () => randomBytes(SECRET_BYTES).toString('hex'),
};

/** Keeps what a webhook's deliveries are signed with. */
@Injectable()
export class SigningSecrets {
  constructor(private readonly keyring: Keyring) {}

  /**
   * Sets scheme and secret on the webhook, earlier secrets end at once.
   * @returns the generated secret, which is shown once; undefined where none was generated
   */
  set(webhook: Webhook, signing: SigningDto): string | undefined {
    switch (signing.type) {
      case 'standard_webhooks': {
        const secret = generate.standard_webhooks();
        this.store(webhook, { type: signing.type }, [{ value: secret }]);
        return secret;
      }
      case 'hmac_sha256': {
        const { type, header, encoding, secret } = signing;
        this.store(webhook, { type, header, encoding }, [{ value: secret }]);
        return undefined;
      }
      case 'none':
        this.store(webhook, { type: signing.type }, []);
        return undefined;
      case 'jwt_rs256':
        this.store(webhook, { type: signing.type, header: signing.header }, []);
        return undefined;
    }
  }

  /** @returns the new secret; the others sign until `overlapSeconds` from now at the latest */
  rotate(webhook: Webhook, overlapSeconds: number, given: string | undefined, now = new Date()): string {
    const { signing } = webhook;
    if (signing.type === 'none') throw fieldNotValid('', 'the webhook has signing.type none: it has no secret');
    if (signing.type === 'jwt_rs256') {
      throw fieldNotValid(
        '',
        'jwt_rs256 signs with the key of the tenant: rotate that by POST /v1/signing-keys/rotate',
      );
    }
    if (signing.type === 'standard_webhooks' && given !== undefined) {
      throw fieldNotValid('secret', 'a standard_webhooks secret is always generated');
    }
    const value = given ?? generate[signing.type]();
    const end = new Date(now.getTime() + overlapSeconds * 1000).toISOString();
    const earlier = this.read(webhook)
      .map((secret) => ({ ...secret, notAfter: secret.notAfter && secret.notAfter < end ? secret.notAfter : end }))
      .filter(({ notAfter }) => notAfter > now.toISOString());
    this.store(webhook, signing, [{ value }, ...earlier]);
    return value;
  }

  private read(webhook: Webhook): SigningSecret[] {
    const text = this.keyring.open(webhook.signingSealed, place(webhook));
    return (JSON.parse(text) as { secrets: SigningSecret[] }).secrets;
  }

  private store(webhook: Webhook, signing: WebhookSigning, secrets: SigningSecret[]): void {
    webhook.signing = signing;
    webhook.signingSealed = this.keyring.seal(JSON.stringify({ secrets }), place(webhook));
  }
}
