import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { LagMetrics } from './metrics.js';

const AT = { consumer: 'fanout', topic: 'claims.events.v1', partition: 0 };
const NAMING = { topic: (name: string) => name, group: (name: string) => `claimwire-${name}` };

it.each([
  { offsets: true, shown: ['lag', 'lag_seconds', 'current_offset', 'partition_current_offset'] },
  { offsets: false, shown: ['lag_seconds'] },
])('beside a Kafka exporter (offsets: $offsets) shows $shown', async ({ offsets, shown }) => {
  const registry = new Registry();
  const partition = { ...AT, next: 3n, high: 10n, lag: 7n, seconds: 1.5 };
  new LagMetrics(registry).showLag([partition], NAMING, { offsets });
  const text = await registry.metrics();
  const series = [...text.matchAll(/^kafka_(?:consumergroup|topic)_(\w+)\{/gm)].map(([, name]) => name);
  expect(series.toSorted()).toEqual(shown.toSorted());
  expect(text).toMatch(/claimwire_lag_last_success_timestamp_seconds\{source="kafka"\} \d/);
});
