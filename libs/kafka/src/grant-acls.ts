import type { KafkaAcl } from '@claimwire/contracts';
import kafkajs from 'kafkajs';
import type { KafkaHandle } from './kafka-handle.js';

/** Node sees only some of this CommonJS package's names as exports. */
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Describe: AclOperationTypes.DESCRIBE,
  Delete: AclOperationTypes.DELETE,
  Create: AclOperationTypes.CREATE,
  AlterConfigs: AclOperationTypes.ALTER_CONFIGS,
} as const;
const RESOURCES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP } as const;
const PATTERNS = { literal: ResourcePatternTypes.LITERAL, prefixed: ResourcePatternTypes.PREFIXED } as const;

/**
 * Lets a principal do what it may not do yet, from every host. Running it twice changes nothing.
 * @param principal without "User:"
 * @param acls names as the broker has them
 * @throws while the broker cannot be reached, or where it has no authorizer
 */
export async function grantAcls(handle: KafkaHandle, principal: string, acls: readonly KafkaAcl[]): Promise<void> {
  const acl = acls.map(({ resource, name, pattern, operation }) => ({
    resourceType: RESOURCES[resource],
    resourceName: name,
    resourcePatternType: PATTERNS[pattern],
    principal: `User:${principal}`,
    host: '*',
    operation: OPERATIONS[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));
  await handle.withAdmin((admin) => admin.createAcls({ acl }));
}
