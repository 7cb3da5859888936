import { describe, expect, it } from 'vitest';
import { isStale } from './install.mjs';

const INSTALLED = { installed: true, stamp: 'a', lockHash: 'a', lockWrittenAt: 2, installedAt: 1 };

describe('the installed packages', () => {
  it('are current as long as the lock file is the one they were installed from, whatever its time', () => {
    expect(isStale(INSTALLED)).toBe(false);
  });

  it('are stale when missing, cut short, or of another lock file', () => {
    expect(isStale({ ...INSTALLED, installed: false })).toBe(true);
    expect(isStale({ ...INSTALLED, lockHash: 'b' })).toBe(true);
  });

  it('of someone who ran npm by hand are current when newer than the lock file', () => {
    expect(isStale({ ...INSTALLED, stamp: null, lockWrittenAt: 1, installedAt: 2 })).toBe(false);
    expect(isStale({ ...INSTALLED, stamp: null, lockWrittenAt: 2, installedAt: 1 })).toBe(true);
  });
});
