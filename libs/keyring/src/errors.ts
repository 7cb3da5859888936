/** CLAIMWIRE_KEYRING is not as it must be. The message never holds key material. */
export class KeyringFormatError extends Error {
  override readonly name = 'KeyringFormatError';

  constructor(what: string) {
    super(`the key ring must be <id>:<base64 of 32 bytes>, several separated by commas: ${what}`);
  }
}

/** A sealed value cannot be opened. */
export class SealError extends Error {
  override readonly name = 'SealError';
}
