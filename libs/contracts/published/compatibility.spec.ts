import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { breakingChanges, type Schema } from './breaking-changes.js';

/**
 * Each folder beside this file holds schemas and messages as consumers have them, of one version of the topics. They are never
 * edited: a message of then must be valid by today's schemas, and one of today by theirs but for what they do not know.
 */
const SCHEMAS = join(import.meta.dirname, '..', 'schemas');
const VERSIONS = readdirSync(import.meta.dirname).filter((name) => /^v\d+$/.test(name));

const read = (folder: string): Map<string, Schema> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.schema.json'))
      .map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Schema]),
  );

const now = read(SCHEMAS);
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
for (const schema of now.values()) ajv.addSchema(schema);

describe.each(VERSIONS)('what %s published', (version) => {
  const then = read(join(import.meta.dirname, version));
  const messages = join(import.meta.dirname, version, 'messages');

  it('has a schema for every kind of message', () => {
    expect(then.size).toBeGreaterThanOrEqual(6);
    expect(readdirSync(messages).length).toBeGreaterThan(10);
  });

  it.each(readdirSync(messages))('%s is valid by the schemas of today', (file) => {
    const message: unknown = JSON.parse(readFileSync(join(messages, file), 'utf8'));
    const validate = ajv.getSchema(`${file.split('.')[0]}.schema.json`)!;
    expect(validate(message), ajv.errorsText(validate.errors)).toBe(true);
  });

  it.each([...then])('%s still holds: no field is gone, renamed, optional or of another kind', (file, schema) => {
    expect(breakingChanges(schema, now.get(file) ?? {})).toEqual([]);
  });
});

describe('a change that breaks a consumer is seen', () => {
  const event = now.get('claim-event.schema.json')!;
  const changed = (change: (schema: Schema) => void): string[] => {
    const copy = structuredClone(event);
    change(copy);
    return breakingChanges(event, copy);
  };
  const propertiesOf = (schema: Schema) => schema.properties as Record<string, Schema>;

  it('for a field that is removed or renamed', () => {
    expect(changed((schema) => delete propertiesOf(schema).version)).toEqual(['/properties/version is gone']);
    const renamed = changed((schema) => {
      propertiesOf(schema).state = propertiesOf(schema).status!;
      delete propertiesOf(schema).status;
    });
    expect(renamed).toEqual(['/properties/status is gone']);
  });

  it('for a field that need not be there any more, and one that must be there from now on', () => {
    const required = event.required as string[];
    expect(changed((schema) => (schema.required = required.filter((name) => name !== 'version')))).toEqual([
      '/required: version was there always',
    ]);
    expect(changed((schema) => (schema.required = [...required, 'added']))).toEqual([
      '/required: added is not in earlier messages',
    ]);
  });

  it('for another type, and a rule that is dropped or changed', () => {
    expect(changed((schema) => (propertiesOf(schema).version = { type: 'string' }))).not.toEqual([]);
    expect(changed((schema) => delete propertiesOf(schema).version!.minimum)).not.toEqual([]);
  });

  it('for a word that is not said any more; a new one is no break: consumers are told to expect some', () => {
    const words = propertiesOf(event).type!.enum as string[];
    expect(changed((schema) => (propertiesOf(schema).type!.enum = words.slice(1)))).not.toEqual([]);
    expect(changed((schema) => (propertiesOf(schema).type!.enum = [...words, 'claim.new']))).toEqual([]);
  });

  it('and a new field is none', () => {
    expect(changed((schema) => (propertiesOf(schema).added = { type: 'string' }))).toEqual([]);
  });
});
