import type { Keyring } from '@claimwire/keyring';

const PURPOSE = 'audited claims';

const referenceBy = (keyring: Keyring, claimKey: string, keyId?: string): string =>
  `claim:${keyring.fingerprint(PURPOSE, claimKey, keyId).hash.toString('hex').slice(0, 32)}`;

/**
 * Name of a claim in the audit log, which nobody can take anything out of: without the key ring it says nothing, and so an
 * erased claim leaves no name there.
 */
export const claimReference = (keyring: Keyring, claimKey: string): string => referenceBy(keyring, claimKey);

/** Under every key of the ring: entries from before a rotation are found as well. */
export const claimReferences = (keyring: Keyring, claimKey: string): string[] =>
  keyring.keyIds.map((keyId) => referenceBy(keyring, claimKey, keyId));
