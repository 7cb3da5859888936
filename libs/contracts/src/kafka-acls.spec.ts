import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONSUMERS } from './consumers.js';
import { KAFKA_ACCESS } from './kafka-access.js';
import { kafkaAclCommands, kafkaAcls } from './kafka-acls.js';
import { RAW_SOURCES, rawTopic, TOPICS } from './topics.js';

const PAGE = join(import.meta.dirname, '../../../docs/kafka.md');
const BLOCK = /(<!-- acls -->\n\n```sh\n)[^]*?(\n```)/;

const rights = Object.values(KAFKA_ACCESS);

describe('who may do what in Kafka', () => {
  it('gives every consumer to one process, and every topic a writer', () => {
    expect(rights.flatMap(({ consumers }) => consumers).toSorted()).toEqual(Object.keys(CONSUMERS).toSorted());
    const written = new Set(rights.flatMap(({ writes }) => writes));
    expect([...written].toSorted()).toEqual(TOPICS.map(({ name }) => name).toSorted());
  });

  it('lets an ingress write its own raw topic and the quarantine, and read nothing', () => {
    for (const source of RAW_SOURCES.filter((name) => name !== 'stedi-reports')) {
      expect(kafkaAcls(KAFKA_ACCESS[`ingress-${source}`]!)).toEqual(
        [rawTopic(source), 'claims.quarantine.v1'].map((name) => ({
          resource: 'topic',
          name,
          pattern: 'literal',
          operation: 'Write',
        })),
      );
    }
  });

  it('puts the prefix of a deployment before every name', () => {
    const names = rights.flatMap((right) => kafkaAcls(right, 'staging.')).map(({ name }) => name);
    expect(names.filter((name) => !name.startsWith('staging.cla'))).toEqual([]);
  });

  it('is in docs/kafka.md as it is here; UPDATE_DOCS=1 writes it anew', () => {
    const said = readFileSync(PAGE, 'utf8');
    const right = said.replace(
      BLOCK,
      (_, before: string, after: string) => before + kafkaAclCommands().join('\n') + after,
    );
    if (process.env.UPDATE_DOCS) writeFileSync(PAGE, right);
    else expect(said).toBe(right);
    expect(said).toMatch(BLOCK);
  });
});
