import { describe, expect, it } from 'vitest';
import { dropTestDatabase, testDatabaseName, testTopicPrefix } from './test-database.js';

describe('test databases', () => {
  it('are recognised by their name', () => {
    expect(testDatabaseName('postgres://postgres@127.0.0.1:5432/claimwire_test_1')).toBe('claimwire_test_1');
  });

  it.each(['claimwire', 'postgres', ''])('refuses to touch the database "%s"', async (name) => {
    const url = `postgres://postgres@127.0.0.1:1/${name}`;
    expect(() => testDatabaseName(url)).toThrow('lacks "test"');
    await expect(dropTestDatabase('postgres://postgres@127.0.0.1:1/x', url)).rejects.toThrow('lacks "test"');
  });
});

describe('test topic prefixes', () => {
  it('differ from file to file and are legal in a topic name', () => {
    expect(testTopicPrefix()).not.toBe(testTopicPrefix());
    expect(testTopicPrefix()).toMatch(/^[a-z0-9.]{2,12}$/);
  });
});
