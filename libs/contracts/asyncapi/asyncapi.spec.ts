import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { TOPICS } from '../src/topics.js';
import { asyncApiDocument } from './document.js';

const FILE = join(import.meta.dirname, '..', 'asyncapi.json');

interface Channel {
  address: string;
  bindings: { kafka: { partitions: number; topicConfiguration: Record<string, string[] | number> } };
}
interface Document {
  channels: Record<string, Channel>;
  operations: Record<string, { channel: { $ref: string } }>;
}

const written = (): Document => JSON.parse(readFileSync(FILE, 'utf8')) as Document;

it('is written down as it is; `vitest run -u` of this file writes it anew', async () => {
  const text = await format(JSON.stringify(asyncApiDocument()), { parser: 'json', printWidth: 120 });
  await expect(text).toMatchFileSnapshot(FILE);
});

it('is a valid AsyncAPI 3 document', () => {
  const schemaFile = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json');
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  expect(validate(written()), ajv.errorsText(validate.errors)).toBe(true);
  expect(validate({ ...written(), channels: { c: { address: 7 } } })).toBe(false);
});

it('describes every topic with its partitions and its configuration', () => {
  const channels = Object.values(written().channels);
  expect(channels.map(({ address }) => address).toSorted()).toEqual(TOPICS.map(({ name }) => name).toSorted());
  for (const { name, partitions, config } of TOPICS) {
    const { kafka } = channels.find(({ address }) => address === name)!.bindings;
    const configured = Object.entries(kafka.topicConfiguration).map(([key, value]) => [key, String(value)]);
    expect({ name, partitions: kafka.partitions, config: Object.fromEntries(configured) as object }).toEqual({
      name,
      partitions,
      config,
    });
  }
});

it('has a writer for every topic', () => {
  const { channels, operations } = written();
  const senders = Object.keys(operations).filter((name) => name.includes('_send_'));
  for (const name of Object.keys(channels)) {
    expect(senders.filter((sender) => operations[sender]!.channel.$ref === `#/channels/${name}`)).not.toEqual([]);
  }
});

it('refers only to schemas that exist', () => {
  const references = [...JSON.stringify(written()).matchAll(/"\.\/schemas\/([^"]+)"/g)].map(([, file]) => file!);
  expect(references.length).toBeGreaterThan(5);
  for (const file of references) expect(readFileSync(join(FILE, '..', 'schemas', file), 'utf8')).toContain('"$schema"');
});
