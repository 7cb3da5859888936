import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { CLAIM_EVENT_TYPES } from '../src/claim-event.js';
import { CLAIM_STATUSES } from '../src/claim-status.js';
import { decodeHeaders, encodeHeaders } from '../src/message-headers.js';
import { NOTICE_TYPES } from '../src/notice.js';

const SCHEMAS = join(import.meta.dirname, '..', 'schemas');
const read = (folder: string, file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** Published schemas leave room for new fields; here a field that they do not describe is a mistake. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in schema ? { ...parts, unevaluatedProperties: false } : parts;
}

const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false, allowUnionTypes: true });
addFormats.default(ajv);
for (const file of readdirSync(SCHEMAS)) {
  const schema = read(SCHEMAS, file) as { $id: string };
  // headers may carry more than a schema says; the extra ones of quarantine extend the others' schema
  ajv.addSchema(schema.$id.includes('headers') ? schema : (closed(schema) as object));
}

const errorsOf = (name: string, message: unknown): unknown[] => {
  const validate = ajv.getSchema(`${name}.schema.json`)!;
  return validate(message) ? [] : (validate.errors ?? []);
};

const goldenFiles = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'));
const golden = (file: string) => read(import.meta.dirname, file) as Record<string, unknown>;
/** "claim-event.late.json" is a message of "claim-event". */
const kindOf = (file: string): string => file.split('.')[0]!;

describe('golden messages', () => {
  it.each(goldenFiles)('%s is what its schema says', (file) => {
    expect(errorsOf(kindOf(file), golden(file))).toEqual([]);
  });

  it('has examples of each kind and of each notice', () => {
    expect(new Set(goldenFiles.map(kindOf))).toEqual(new Set(['claim-event', 'claim-state', 'message-headers', 'notice']));
    const notices = goldenFiles.filter((file) => kindOf(file) === 'notice').map((file) => golden(file).type);
    expect(notices.toSorted()).toEqual(NOTICE_TYPES.toSorted());
    const events = goldenFiles.filter((file) => kindOf(file) === 'claim-event').map((file) => golden(file).type);
    expect(new Set(events)).toEqual(new Set(CLAIM_EVENT_TYPES));
  });

  const event = golden('claim-event.late-submission.json');

  it.each([
    ['a field that nobody described', { ...event, patientName: 'x' }],
    ['an amount as a number', { ...event, amounts: { ...(event.amounts as object), billed: 228 } }],
    ['an amount with one decimal', { ...event, amounts: { ...(event.amounts as object), billed: '228.0' } }],
    ['a status nobody knows', { ...event, status: 'lost' }],
    ['a time with an offset', { ...event, occurredAt: '2025-03-11T14:35:00.000+01:00' }],
    ['version 0', { ...event, version: 0 }],
    ['a claim key of two parts', { ...event, claimKey: 'demo/cair' }],
    ['a missing cause', { ...event, cause: undefined }],
  ])('refuses %s', (_what, message) => {
    expect(errorsOf('claim-event', JSON.parse(JSON.stringify(message)))).not.toEqual([]);
  });
});

describe('schemas and types', () => {
  const parts = read(SCHEMAS, 'claim-parts.schema.json') as { $defs: { status: { enum: string[] } } };
  const typeOf = (name: string) =>
    (read(SCHEMAS, `${name}.schema.json`) as { properties: { type: { enum: string[] } } }).properties.type.enum;

  it('agree on the statuses and on the types of messages', () => {
    expect(parts.$defs.status.enum).toEqual(CLAIM_STATUSES);
    expect(typeOf('claim-event')).toEqual(CLAIM_EVENT_TYPES);
    expect(typeOf('notice')).toEqual(NOTICE_TYPES);
  });
});

describe('headers', () => {
  const headers = {
    id: 'raw_0123456789abcdef0123456789abcdef',
    source: 'claimwire/ingress/cair',
    type: 'cair.CLAIM_STATUS_CHANGE',
    time: '2025-03-11T14:35:01.120Z',
    tenant: 'demo',
    connection: 'con_1',
    contentType: 'application/json',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    extra: { 'claimwire-reason': 'claim_id_missing', 'claimwire-stage': 'ingress' },
  };

  it('are encoded as their schemas say, and decoded to what they were', () => {
    const encoded = encodeHeaders(headers);
    expect(errorsOf('message-headers', encoded)).toEqual([]);
    expect(errorsOf('quarantine-headers', encoded)).toEqual([]);
    const received = Object.fromEntries(Object.entries(encoded).map(([name, text]) => [name, Buffer.from(text)]));
    expect(decodeHeaders(received)).toEqual(headers);
  });

  it('may name no connection, as those of a notice of the hub itself', () => {
    const encoded = encodeHeaders({ ...headers, connection: '' });
    expect(errorsOf('message-headers', encoded)).toEqual([]);
    expect(decodeHeaders(encoded).connection).toBe('');
  });

  it('are refused by name where they are missing', () => {
    expect(() => decodeHeaders({ ce_id: 'x', 'claimwire-tenant': '' })).toThrow(
      'ce_source, ce_type, ce_time, claimwire-tenant, claimwire-connection',
    );
    expect(errorsOf('quarantine-headers', encodeHeaders({ ...headers, extra: {} }))).not.toEqual([]);
  });
});
