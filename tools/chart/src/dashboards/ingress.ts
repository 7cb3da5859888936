import { type Dashboard, greatest, quantiles, rate } from './panel.js';

export const ingress: Dashboard = {
  name: 'claimwire-ingress',
  title: 'Claimwire: ingress',
  description: 'What providers send, what they are answered, and where an accepted event went.',
  panels: [
    {
      title: 'Requests',
      description: 'By provider, route and how they ended.',
      unit: 'reqps',
      width: 24,
      queries: [rate('claimwire_ingress_requests_total', 'provider, route, outcome')],
    },
    {
      title: 'Refused credentials',
      description: 'By reason: an attack, or a rotation that the connection does not know.',
      unit: 'reqps',
      queries: [rate('claimwire_ingress_refusals_total', 'provider, reason')],
    },
    {
      title: 'Acknowledgement by Kafka',
      description: 'From hand-over to the acknowledgement of all replicas; the request waits for it.',
      unit: 's',
      queries: quantiles('claimwire_ingress_publish_duration_seconds'),
    },
    {
      title: 'Bytes in flight',
      description: 'Bounded by MAX_IN_FLIGHT_BYTES; beyond it requests are answered 503.',
      unit: 'bytes',
      queries: [greatest('claimwire_ingress_bytes_in_flight', 'component')],
    },
    {
      title: 'Requests in flight',
      description: 'Webhooks being received.',
      unit: 'short',
      queries: [greatest('claimwire_ingress_requests_in_flight', 'component')],
    },
    {
      title: 'Spool',
      description: 'Events and the age of the oldest: Kafka does not acknowledge.',
      unit: 'short',
      queries: [greatest('claimwire_ingress_spool_rows'), greatest('claimwire_ingress_spool_oldest_age_seconds')],
    },
    {
      title: 'Circuit to Kafka',
      description: '1 while the brokers do not acknowledge and events go straight to the spool.',
      unit: 'short',
      queries: [greatest('claimwire_ingress_publish_circuit_open', 'component')],
    },
  ],
};
