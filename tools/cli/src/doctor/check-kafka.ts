import { randomBytes } from 'node:crypto';
import { CONSUMERS, TOPICS } from '@claimwire/contracts';
import { errorCode, planTopics, topicSettings, type KafkaHandle } from '@claimwire/kafka';
import type { KafkaSettings, ReplicationSettings } from '@claimwire/service-host';
import { lineOf } from '../topics/describe-change.js';
import { clockFinding } from './clock.js';
import { fail, isLoopback, ok, risk, skip, warn, type Finding } from './finding.js';

export interface KafkaSubject {
  handle: KafkaHandle;
  settings: KafkaSettings & ReplicationSettings;
  production: boolean;
  /** Make and remove a topic: it tells the brokers' clock and whether this principal may. */
  probe: boolean;
}

/** Each line by itself: what one check cannot see, another may. */
export async function checkKafka(subject: KafkaSubject): Promise<Finding[]> {
  const reached = await reach(subject);
  const transport = transportFindings(subject);
  if (reached.verdict === 'fail') return [reached, ...transport];
  const checks = [topicFindings, replicaFindings, permissionFindings, clockFindings];
  const findings: Finding[] = [reached, ...transport];
  for (const check of checks) {
    findings.push(
      ...(await check(subject).catch((error: unknown) => [
        fail(
          check.name,
          `could not be looked at (${errorCode(error)})`,
          'Look at what this principal may do, and at the brokers’ logs.',
        ),
      ])),
    );
  }
  return findings;
}

async function reach({ handle, settings }: KafkaSubject): Promise<Finding> {
  try {
    const { brokers, controller } = await handle.withAdmin((admin) => admin.describeCluster());
    const id = await handle.topicId(TOPICS[0]!.name).catch(() => null);
    const detail = `${brokers.length} brokers, controller ${controller ?? 'unknown'}`;
    if (id === null) return ok('kafka brokers', `${detail}; version not told`);
    return ok('kafka brokers', `${detail}; topic ids are told (2.8 or newer)`);
  } catch (error) {
    const where = settings.KAFKA_BROKERS.join(', ');
    return fail(
      'kafka brokers',
      `${where} does not answer (${errorCode(error)})`,
      'Check KAFKA_BROKERS, the network policies, TLS and SASL.',
    );
  }
}

function transportFindings({ settings, production }: KafkaSubject): Finding[] {
  const far = settings.KAFKA_BROKERS.some((broker) => !isLoopback(broker));
  if (settings.KAFKA_TLS) return [ok('kafka tls', settings.KAFKA_TLS_CERT_FILE ? 'on, mutual' : 'on')];
  if (!far) return [ok('kafka tls', 'off, on this machine only')];
  return [
    risk(production, 'kafka tls', 'off: claims cross the network in the clear', 'Set KAFKA_TLS and KAFKA_TLS_CA_FILE.'),
  ];
}

async function topicFindings({ handle, settings }: KafkaSubject): Promise<Finding[]> {
  const options = { replication: settings.TOPIC_REPLICATION, minInsync: settings.TOPIC_MIN_INSYNC_REPLICAS };
  const changes = await planTopics(handle, TOPICS, options);
  if (changes.length === 0) return [ok('kafka topics', `${TOPICS.length} as they must be`)];
  const detail = `${changes.length} differences, first: ${lineOf(changes[0]!)}`;
  const missing = changes.some(({ kind }) => kind === 'create' || kind === 'partitions');
  return [(missing ? fail : warn)('kafka topics', detail, 'Run "claimwire topics plan".')];
}

async function replicaFindings({ handle, production }: KafkaSubject): Promise<Finding[]> {
  const names = TOPICS.map(({ name }) => name);
  const settings = await topicSettings(handle, names, ['min.insync.replicas']);
  if (settings.size === 0) return [skip('kafka replicas', 'there are no topics')];
  const { topics } = await handle.withAdmin((admin) =>
    admin.fetchTopicMetadata({ topics: [...settings.keys()].map((name) => handle.topic(name)) }),
  );
  const partitions = topics.flatMap(({ name, partitions: all }) => {
    const least = Number(settings.get(handle.withoutPrefix(name))?.['min.insync.replicas'] ?? 1);
    return all.map(({ replicas, isr, leader }) => ({ replicas: replicas.length, isr: isr.length, leader, least }));
  });
  const unwritable = partitions.filter(({ isr, least, leader }) => isr < least || leader < 0).length;
  const behind = partitions.filter(({ isr, replicas }) => isr < replicas).length;
  const replicas = Math.min(...partitions.map((partition) => partition.replicas));
  const least = Math.min(...partitions.map((partition) => partition.least));
  const told = `replication ${replicas}, min.insync.replicas ${least}`;
  if (unwritable > 0) {
    return [
      fail(
        'kafka replicas',
        `${unwritable} partitions take no write`,
        'Bring brokers back: too few replicas are in sync.',
      ),
    ];
  }
  if (behind > 0)
    return [
      warn('kafka replicas', `${told}; ${behind} partitions lack replicas`, 'Look for a broker that is down or slow.'),
    ];
  if (replicas < 3 || least < 2) {
    return [
      risk(
        production,
        'kafka replicas',
        `${told}: one broker’s death may lose what was acknowledged`,
        'Use replication 3 and min.insync.replicas 2.',
      ),
    ];
  }
  return [ok('kafka replicas', told)];
}

/** What can be told without doing harm: to describe settings and to read group offsets. */
async function permissionFindings({ handle }: KafkaSubject): Promise<Finding[]> {
  const refused: string[] = [];
  for (const [consumer, topics] of Object.entries(CONSUMERS)) {
    const groupId = handle.groupId(consumer);
    const asked = handle.withAdmin((admin) =>
      admin.fetchOffsets({ groupId, topics: topics.map((topic) => handle.topic(topic)) }),
    );
    await asked.catch((error: unknown) => refused.push(`${groupId} (${errorCode(error)})`));
  }
  if (refused.length === 0)
    return [ok('kafka permissions', 'topics and groups can be described; writing is not tried')];
  const remedy = 'Grant this principal Describe on these groups and topics (docs/kafka.md).';
  return [warn('kafka permissions', `not allowed: ${refused.join(', ')}`, remedy)];
}

async function clockFindings({ handle, probe }: KafkaSubject): Promise<Finding[]> {
  if (!probe) return [skip('clock of the brokers', 'told only by writing: --probe makes a topic, and removes it')];
  const topic = handle.topic(`claimwire.doctor.${randomBytes(6).toString('hex')}`);
  const config = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  await handle.withAdmin((admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: -1, configEntries: config }] }),
  );
  const producer = handle.producer();
  try {
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ value: 'warm' }] });
    const before = Date.now();
    const [written] = await producer.send({ topic, acks: -1, messages: [{ value: 'now' }] });
    return [clockFinding('clock of the brokers', Number(written?.logAppendTime), before, Date.now())];
  } finally {
    await producer.disconnect();
    await handle.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
  }
}
