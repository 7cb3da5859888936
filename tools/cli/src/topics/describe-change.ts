import type { TopicChange } from '@claimwire/kafka';

/** What `apply` would do. */
export const isPending = ({ kind }: TopicChange): boolean => kind === 'create' || kind === 'configure';

/** What keeps `apply` from doing anything. */
export const isRefused = ({ kind }: TopicChange): boolean => kind === 'partitions';

/** One line of the diff: + new, ~ changed, - taken back, ! not done. */
export function lineOf(change: TopicChange): string {
  switch (change.kind) {
    case 'create': {
      const settings = Object.entries(change.config).map(([name, value]) => `${name}=${value}`);
      return `+ ${change.topic}: ${change.partitions} partitions, replication ${change.replication}, ${settings.join(', ')}`;
    }
    case 'configure':
      return change.to === null
        ? `- ${change.topic}: ${change.setting}=${change.from ?? ''}, back to the broker's default`
        : `~ ${change.topic}: ${change.setting}: ${change.from ?? 'not set'} → ${change.to}`;
    case 'partitions':
      return `! ${change.topic}: has ${change.from} partitions, not ${change.to}: refused`;
    case 'replication':
      return `! ${change.topic}: replication ${change.from}, not ${change.to}: move replicas with kafka-reassign-partitions`;
  }
}
