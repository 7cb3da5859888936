import { TOPICS } from '@claimwire/contracts';
import { applyTopics, createKafka, type KafkaHandle } from '@claimwire/kafka';
import { testKafkaBrokers, testTopicPrefix } from '@claimwire/testkit';

/** Throw-away topics under a prefix of their own. */
export class BenchTopics {
  private constructor(
    readonly prefix: string,
    readonly handle: KafkaHandle,
  ) {}

  /** @param only which of the hub's topics, by name without prefix; default all */
  static async create(only: (name: string) => boolean = () => true): Promise<BenchTopics> {
    const prefix = testTopicPrefix();
    const handle = createKafka({ brokers: testKafkaBrokers(), clientId: 'bench', topicPrefix: prefix });
    const specs = TOPICS.filter(({ name }) => only(name));
    await applyTopics(handle, specs, { replication: 1, minInsync: 1 });
    return new BenchTopics(prefix, handle);
  }

  /** @returns how many messages the topic has taken since it was made */
  async count(topic: string): Promise<number> {
    const offsets = await this.handle.withAdmin((admin) => admin.fetchTopicOffsets(this.handle.topic(topic)));
    return offsets.reduce((sum, { offset }) => sum + Number(offset), 0);
  }

  async remove(): Promise<void> {
    await this.handle.withAdmin(async (admin) => {
      const topics = (await admin.listTopics()).filter((name) => name.startsWith(this.prefix));
      await admin.deleteTopics({ topics });
    });
    await this.handle.close();
  }
}
