import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import type { ConnectionConfig, Provider } from '../provider.js';
import type { ConformanceFixtures } from './fixtures.js';

/** Validation as the API does it: nothing unknown is let through. */
function problemsOf(provider: Provider, auth: ConnectionConfig['auth']): string[] {
  const Scheme = provider.authSchemes[auth.type];
  if (!Scheme) return [`unknown type ${auth.type}`];
  const errors = validateSync(plainToInstance(Scheme, auth), { whitelist: true, forbidNonWhitelisted: true });
  return errors.map((error) => error.toString());
}

/** Values at a dotted path in which "[]" stands for any item. */
function valuesAt(value: unknown, path: string): unknown[] {
  return path
    .replaceAll('[]', '.*')
    .split('.')
    .reduce<unknown[]>(
      (nodes, key) =>
        nodes.flatMap((node) => {
          if (key === '*') return Array.isArray(node) ? (node as unknown[]) : [];
          const found = (node as Record<string, unknown> | undefined)?.[key];
          return found === undefined ? [] : [found];
        }),
      [value],
    );
}

export function describeConfiguration(provider: Provider, fixtures: ConformanceFixtures): void {
  const { auths, invalidAuths, settings } = fixtures;

  describe('auth schemes', () => {
    it('have a sample each', () => {
      expect([...new Set(auths.map(({ auth }) => auth.type))].sort()).toEqual(Object.keys(provider.authSchemes).sort());
    });

    it.each(auths)('accept $name', ({ auth }) => expect(problemsOf(provider, auth)).toEqual([]));

    it.each(auths)('refuse $name with a member that nobody reads', ({ auth }) => {
      expect(problemsOf(provider, { ...auth, secrett: 'typo' })).not.toEqual([]);
    });

    it.each(invalidAuths)('refuse $name', ({ auth }) => expect(problemsOf(provider, auth)).not.toEqual([]));
  });

  it('names only secrets that its connections can have', () => {
    const samples = auths.map(({ auth }) => ({ auth, settings: settings ?? {} }));
    for (const path of provider.secretPaths) {
      expect(
        samples.flatMap((sample) => valuesAt(sample, path)),
        path,
      ).not.toEqual([]);
    }
  });

  it('has routes with different names and suffixes', () => {
    const routes = provider.routes;
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
    expect(new Set(routes.map(({ suffix }) => suffix)).size).toBe(routes.length);
  });
}
