// @ts-check

/**
 * @typedef {object} App
 * @property {string} name folder under apps/, and name of the process
 * @property {number | null} port public port, null where it has none
 * @property {number} managementPort
 */

/** The apps and their ports in development. @type {readonly App[]} */
export const APPS = [
  { name: 'api', port: 4000, managementPort: 5100 },
  { name: 'ingress-cair', port: 4101, managementPort: 5101 },
  { name: 'ingress-curacel', port: 4102, managementPort: 5102 },
  { name: 'ingress-tpastream', port: 4103, managementPort: 5103 },
  { name: 'ingress-stedi', port: 4104, managementPort: 5104 },
  { name: 'normalizer', port: null, managementPort: 5110 },
  { name: 'stedi-reports', port: null, managementPort: 5111 },
  { name: 'fanout', port: null, managementPort: 5120 },
];

/**
 * Every port that a start takes; Kafka and PostgreSQL are left out, since they move aside.
 * @param {number} offset added to each, so that two checkouts can run side by side
 */
export const appPorts = (offset) =>
  APPS.flatMap(({ port, managementPort }) => (port === null ? [managementPort] : [port, managementPort])).map(
    (port) => port + offset,
  );
