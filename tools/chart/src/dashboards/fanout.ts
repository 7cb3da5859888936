import { type Dashboard, greatest, quantiles, rate } from './panel.js';

export const fanout: Dashboard = {
  name: 'claimwire-fanout',
  title: 'Claimwire: fan-out',
  description: 'Deliveries: attempts, what waits and why, which webhooks hold most.',
  panels: [
    {
      title: 'Attempts',
      description: 'By what became of the delivery.',
      unit: 'ops',
      queries: [rate('claimwire_fanout_attempts_total', 'outcome')],
    },
    {
      title: 'Time of an attempt',
      description: 'To the end of the receiver’s answer.',
      unit: 's',
      queries: quantiles('claimwire_fanout_attempt_seconds'),
    },
    {
      title: 'Due deliveries',
      description: 'By status of their webhook: only active ones can be sent.',
      unit: 'short',
      queries: [greatest('claimwire_fanout_backlog', 'status')],
    },
    {
      title: 'Oldest due delivery',
      description: 'How long it has been due.',
      unit: 's',
      queries: [greatest('claimwire_fanout_backlog_oldest_seconds', 'status')],
    },
    {
      title: 'Could be in flight, and is',
      description: 'A gap between the two is what more replicas would close.',
      unit: 'short',
      queries: [
        greatest('claimwire_fanout_sendable_deliveries'),
        { expr: 'sum(claimwire_fanout_in_flight{namespace=~"$namespace"})', legend: 'in flight' },
      ],
    },
    {
      title: 'Webhooks by status',
      description: 'deauthorized and disabled: a receiver refuses us.',
      unit: 'short',
      queries: [greatest('claimwire_webhooks', 'status')],
    },
    {
      title: 'Webhooks with most waiting',
      description: 'By id; the API tells whose it is.',
      unit: 'short',
      kind: 'table',
      queries: [greatest('claimwire_fanout_webhook_backlog', 'webhook, status')],
    },
    {
      title: 'Time to store outcomes',
      description: 'PostgreSQL: one statement for many outcomes.',
      unit: 's',
      queries: quantiles('claimwire_fanout_settle_seconds'),
    },
  ],
};
