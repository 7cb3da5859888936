import { describe, expect, it } from 'vitest';
import { javaMajor } from './machine-facts.mjs';
import { type Facts, findLacks } from './preflight.mjs';

const GIB = 1024 ** 3;
const GOOD: Facts = {
  nodeVersion: '20.20.2',
  dockerWorks: false,
  javaVersion: 17,
  hasMaven: true,
  kafkaCached: false,
  diskFree: 50 * GIB,
  memoryFree: 8 * GIB,
  now: Date.parse('2026-11-22T00:00:00Z'),
  checkedOutAt: Date.parse('2026-11-21T00:00:00Z'),
  busyPorts: [],
  needsInstall: false,
  npmRegistry: null,
  mavenRegistry: null,
};
const ANY = { engine: null, external: false };
const lacks = (change: Partial<Facts>, need: Parameters<typeof findLacks>[1] = ANY) =>
  findLacks({ ...GOOD, ...change }, need).map(({ lack }) => lack);

describe('the preflight', () => {
  it('finds nothing wrong with a good machine, nor where something could not be found out', () => {
    expect(lacks({})).toEqual([]);
    expect(lacks({ diskFree: null, memoryFree: null, checkedOutAt: null })).toEqual([]);
  });

  it.each<[string, Partial<Facts>, string]>([
    ['an old Node', { nodeVersion: '18.19.0' }, 'Node 18.19.0 is too old.'],
    ['neither Java nor Docker', { javaVersion: null }, 'Java is missing'],
    ['an old Java', { javaVersion: 11 }, 'Java 11 is too old'],
    ['no Maven and no jars', { hasMaven: false }, 'Maven is missing'],
    ['a full disk', { diskFree: GIB }, '1.0 GiB of disk'],
    ['little memory', { memoryFree: GIB / 2 }, '0.5 GiB of memory'],
    ['a clock at the epoch', { now: 0 }, 'The clock says 1970'],
    ['a clock before the checkout', { now: Date.parse('2026-11-01T00:00:00Z') }, 'The clock says 2026-11-01'],
    ['a busy port', { busyPorts: [4000] }, 'Port 4000 of 127.0.0.1 is in use'],
    ['an npm registry out of reach', { npmRegistry: { host: 'r', reachable: false } }, 'r cannot be reached'],
    ['a Maven registry out of reach', { mavenRegistry: { host: 'm', reachable: false } }, 'm cannot be reached'],
  ])('names %s', (_, change, text) => {
    const found = lacks(change);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(text);
  });

  it('names everything at once, each with a remedy', () => {
    const all = findLacks({ ...GOOD, nodeVersion: '18.0.0', javaVersion: null, busyPorts: [4000, 4101] }, ANY);
    expect(all).toHaveLength(3);
    expect(all.every(({ remedy }) => remedy.length > 10)).toBe(true);
  });

  it('needs no Java where Docker works, unless local engines are asked for', () => {
    const docker = { dockerWorks: true, javaVersion: null };
    expect(lacks(docker)).toEqual([]);
    expect(lacks(docker, { engine: 'local', external: false })).toEqual(['Java is missing, which runs Kafka.']);
  });

  it('needs Docker only when it is asked for', () => {
    expect(lacks({}, { engine: 'docker', external: false })).toEqual(['No Docker engine with compose answers.']);
  });

  it('needs no engine for external servers, and no Maven once the jars are cached', () => {
    expect(lacks({ javaVersion: null }, { engine: null, external: true })).toEqual([]);
    expect(lacks({ hasMaven: false, kafkaCached: true })).toEqual([]);
  });
});

describe('the Java version', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_402"', 8],
    ['something else', null],
    [null, null],
  ])('of %s is %s', (text, major) => expect(javaMajor(text)).toBe(major));
});
