/**
 * The address behind a tenant's host name is one that we do not call. The message names neither: it can reach a log or
 * an API answer, and would tell a stranger what stands in our network.
 */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  readonly code = 'ERR_ADDRESS_REFUSED';

  constructor() {
    super('the host resolves to an address that may not be called');
  }
}
