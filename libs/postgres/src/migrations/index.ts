import { Initial1763800000001 } from './0001-initial.js';
import { IngressSpool1763800000002 } from './0002-ingress-spool.js';

/** In order of their timestamps. A migration that was released is never edited. */
export const MIGRATIONS = [Initial1763800000001, IngressSpool1763800000002];
