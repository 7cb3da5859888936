import { type Dashboard, greatest, quantiles, rate } from './panel.js';

const LAG = 'kafka_consumergroup_lag{namespace=~"$namespace"}';

export const consumers: Dashboard = {
  name: 'claimwire-consumers',
  title: 'Claimwire: consumers',
  description:
    'Each consumer group: how far behind in messages and in time, on which partition, and how its batches go.',
  panels: [
    {
      title: 'Lag in messages',
      description: 'Of all partitions of a group; read from outside, so a dead consumer shows too.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (consumergroup) (max by (consumergroup, topic, partition) (${LAG}))`,
          legend: '{{consumergroup}}',
        },
      ],
    },
    {
      title: 'Lag in time',
      description: 'Age of the oldest unsettled message; the objective is 30 s.',
      unit: 's',
      queries: [greatest('kafka_consumergroup_lag_seconds', 'consumergroup, topic')],
    },
    {
      title: 'Settled per second',
      description: 'How fast offsets move.',
      unit: 'ops',
      queries: [
        {
          expr: 'sum by (consumergroup) (max by (consumergroup, topic, partition) (rate(kafka_consumergroup_current_offset{namespace=~"$namespace"}[5m])))',
          legend: '{{consumergroup}}',
        },
      ],
    },
    {
      title: 'Partitions that lag most',
      description: 'One alone: its claims stand still. All: capacity, or a store.',
      unit: 'short',
      kind: 'table',
      queries: [{ expr: `topk(20, max by (consumergroup, topic, partition) (${LAG}))`, legend: '' }],
    },
    {
      title: 'Batches of the normaliser',
      description: 'Time by phase: normalise is our processor, store is PostgreSQL.',
      unit: 's',
      queries: quantiles('claimwire_normalizer_batch_duration_seconds', 'phase'),
    },
    {
      title: 'Outbox of the normaliser',
      description: 'Stored and not yet on Kafka.',
      unit: 'short',
      queries: [
        {
          expr: 'sum(claimwire_normalizer_outbox_unsent{namespace=~"$namespace"})',
          legend: 'unsent',
        },
        rate('claimwire_normalizer_publish_failures_total', 'code'),
      ],
    },
    {
      title: 'Reports of Stedi',
      description: 'Jobs by state, and transactions whose webhook never came.',
      unit: 'short',
      queries: [
        greatest('claimwire_stedi_reports_jobs', 'state'),
        {
          expr: 'sum(increase(claimwire_stedi_reports_missed_transactions_total{namespace=~"$namespace"}[1h]))',
          legend: 'missed in an hour',
        },
      ],
    },
    {
      title: 'Reports of Stedi: time to fetch',
      description: 'One try, with the question for its transaction where that was needed.',
      unit: 's',
      queries: quantiles('claimwire_stedi_reports_fetch_duration_seconds'),
    },
  ],
};
