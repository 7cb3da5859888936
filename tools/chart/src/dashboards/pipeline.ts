import { type Dashboard, greatest, quantiles, rate } from './panel.js';

export const pipeline: Dashboard = {
  name: 'claimwire-pipeline',
  title: 'Claimwire: pipeline',
  description: 'From a provider’s webhook to the delivery, at one glance: how much, how fast, what waits, what failed.',
  panels: [
    {
      title: 'Webhook accepted → state updated',
      description: 'From the answer to the provider to the commit of the claim’s state.',
      unit: 's',
      queries: quantiles('claimwire_pipeline_accepted_to_state_seconds'),
    },
    {
      title: 'Webhook accepted → delivered',
      description: 'From the answer to the provider to the receiver’s 2xx, retries included.',
      unit: 's',
      queries: quantiles('claimwire_pipeline_accepted_to_delivered_seconds'),
    },
    {
      title: 'Webhooks',
      description: 'By provider and how they ended.',
      unit: 'reqps',
      queries: [rate('claimwire_ingress_requests_total', 'provider, outcome')],
    },
    {
      title: 'Claim events stored',
      description: 'New ones by source; duplicates and late ones are normal, their share tells of the provider.',
      unit: 'ops',
      queries: [
        rate('claimwire_normalizer_events_stored_total', 'source'),
        rate('claimwire_normalizer_duplicates_total', 'source'),
        rate('claimwire_normalizer_late_events_total', 'source'),
      ].map((query, index) => ({ ...query, legend: `${['new', 'duplicate', 'late'][index]} {{source}}` })),
    },
    {
      title: 'Attempts to deliver',
      description: 'By what became of the delivery.',
      unit: 'ops',
      queries: [rate('claimwire_fanout_attempts_total', 'outcome')],
    },
    {
      title: 'Lag in time',
      description: 'Age of the oldest unsettled message of each consumer; the objective is 30 s.',
      unit: 's',
      queries: [greatest('kafka_consumergroup_lag_seconds', 'consumergroup')],
    },
    {
      title: 'Quarantine',
      description: 'Open items by reason: genuine events that could not be processed.',
      unit: 'short',
      width: 8,
      queries: [greatest('claimwire_quarantine_open', 'reason')],
    },
    {
      title: 'Error queues',
      description: 'Deliveries that were given up.',
      unit: 'short',
      width: 8,
      queries: [greatest('claimwire_fanout_error_queue_deliveries')],
    },
    {
      title: 'Spool',
      description: 'Accepted events that wait in PostgreSQL because Kafka does not acknowledge.',
      unit: 'short',
      width: 8,
      queries: [greatest('claimwire_ingress_spool_rows')],
    },
  ],
};
