import { CONSUMERS } from './consumers.js';
import { KAFKA_ACCESS, type KafkaAccess } from './kafka-access.js';

/** One permission as Kafka's authorizer has it, for every host. */
export interface KafkaAcl {
  readonly resource: 'topic' | 'group';
  /** With the deployment's prefix. */
  readonly name: string;
  readonly pattern: 'literal' | 'prefixed';
  /** As kafka-acls spells it; Read and Write imply Describe, AlterConfigs implies DescribeConfigs. */
  readonly operation: 'Read' | 'Write' | 'Describe' | 'Delete' | 'Create' | 'AlterConfigs';
}

/** Every topic of ours begins so; what manages topics may make those only. */
const OUR_TOPICS = 'claims.';

/** The permissions that a process needs. @param prefix the deployment's KAFKA_TOPIC_PREFIX */
export function kafkaAcls(rights: KafkaAccess, prefix = ''): KafkaAcl[] {
  const topic = (name: string, operation: KafkaAcl['operation']): KafkaAcl => ({
    resource: 'topic',
    name: prefix + name,
    pattern: 'literal',
    operation,
  });
  const read = new Set([...rights.consumers.flatMap((consumer) => CONSUMERS[consumer]), ...rights.looksInto]);
  const known = new Set([...read, ...rights.writes]);
  return [
    ...[...read].map((name) => topic(name, 'Read')),
    ...rights.writes.map((name) => topic(name, 'Write')),
    ...rights.describes.filter((name) => !known.has(name)).map((name) => topic(name, 'Describe')),
    ...rights.consumers.map((consumer) => group(`${prefix}claimwire-${consumer}`, 'literal', 'Read')),
    ...(rights.looksInto.length > 0
      ? (['Read', 'Delete'] as const).map((operation) => group(`${prefix}claimwire-read-`, 'prefixed', operation))
      : []),
    ...(rights.managesTopics
      ? (['Create', 'AlterConfigs'] as const).map((operation): KafkaAcl => ({
          resource: 'topic',
          name: prefix + OUR_TOPICS,
          pattern: 'prefixed',
          operation,
        }))
      : []),
  ];
}

const group = (name: string, pattern: KafkaAcl['pattern'], operation: KafkaAcl['operation']): KafkaAcl => ({
  resource: 'group',
  name,
  pattern,
  operation,
});

/**
 * The commands that give every process its permissions, one line for each kind of resource and set of operations.
 * @param prefix the deployment's KAFKA_TOPIC_PREFIX
 */
export function kafkaAclCommands(prefix = ''): string[] {
  return Object.entries(KAFKA_ACCESS).flatMap(([process, rights]) => commandsOf(process, kafkaAcls(rights, prefix)));
}

function commandsOf(process: string, acls: readonly KafkaAcl[]): string[] {
  const operations = new Map<string, { acl: KafkaAcl; operations: string[] }>();
  for (const acl of acls) {
    const at = `${acl.resource} ${acl.pattern} ${acl.name}`;
    const entry = operations.get(at) ?? { acl, operations: [] };
    entry.operations.push(acl.operation);
    operations.set(at, entry);
  }
  const lines = new Map<string, string[]>();
  for (const { acl, operations: wanted } of operations.values()) {
    const pattern = acl.pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : '';
    const line = `${wanted.map((operation) => `--operation ${operation}`).join(' ')}${pattern}`;
    lines.set(line, [...(lines.get(line) ?? []), `--${acl.resource} ${acl.name}`]);
  }
  return [...lines].map(
    ([line, resources]) =>
      `kafka-acls $ADMIN --add --allow-principal User:claimwire-${process} ${line} ${resources.join(' ')}`,
  );
}
