import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HostConfig, WithKeyring } from './host-config.js';
import { readConfig } from './read-config.js';

class Config extends WithKeyring(HostConfig) {}

const key = (id: string, bytes = randomBytes(32)) => `${id}:${bytes.toString('base64')}`;
const problems = (CLAIMWIRE_KEYRING: string | undefined, NODE_ENV = 'production') => {
  const result = readConfig(Config, { CLAIMWIRE_KEYRING, NODE_ENV, MANAGEMENT_PORT: '0' });
  return result.ok ? [] : result.problems;
};

describe('the key ring in production', () => {
  it('is of keys of its own', () => {
    expect(problems(`${key('k2')},${key('k1')}`)).toEqual([]);
    expect(problems(key('developers-own'))).toEqual([]);
  });

  it.each([
    ['absent', undefined, /CLAIMWIRE_KEYRING is not set/],
    ['the development system’s', key('dev1'), /development key "dev1"/],
    ['one with a development key behind', `${key('k1')},${key('dev')}`, /development key "dev"/],
    ['not random', key('k1', Buffer.alloc(32)), /"k1" is not random/],
  ])('is refused where it is %s, and not shown', (_, keyring, message) => {
    const said = problems(keyring).join();
    expect(said).toMatch(message);
    for (const part of keyring?.split(/[:,]/).filter((text) => text.length > 40) ?? [])
      expect(said).not.toContain(part);
  });

  it('may be the development system’s elsewhere', () => {
    expect(problems(key('dev1'), 'development')).toEqual([]);
  });
});
