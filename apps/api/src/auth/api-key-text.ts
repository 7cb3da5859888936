import { createHash, randomBytes } from 'node:crypto';

/** Recognisable to secret scanners; 192 random bits, so that a plain hash at rest is enough. */
export const newApiKey = (): string => `cw_live_${randomBytes(24).toString('hex')}`;

export const hashApiKey = (key: string): Buffer => createHash('sha256').update(key).digest();
