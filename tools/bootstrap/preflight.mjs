// @ts-check

const GIB = 1024 ** 3;
/** Packages, PostgreSQL's programs, Kafka's jars and a day of data. */
const DISK_NEEDED = 3 * GIB;
/** Eight Node processes, a JVM with 512 MiB, PostgreSQL, and room for a build. */
const MEMORY_NEEDED = 2 * GIB;
const OLDEST_NODE = 20;
const OLDEST_JAVA = 17;
/** This code is younger than this: an older clock makes every token and signature look as if from the future. */
const EARLIEST = Date.parse('2026-01-01T00:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What the machine is like. `null` stands for "could not be found out", which is never a lack.
 * @typedef {object} Facts
 * @property {string} nodeVersion such as "20.20.2"
 * @property {boolean} dockerWorks a Docker engine answers and has compose
 * @property {number | null} javaVersion major, null = there is none
 * @property {boolean} hasMaven
 * @property {boolean} kafkaCached
 * @property {number | null} diskFree bytes
 * @property {number | null} memoryFree bytes
 * @property {number} now epoch milliseconds
 * @property {number | null} checkedOutAt when package.json was written
 * @property {number[]} busyPorts of those wanted
 * @property {boolean} needsInstall
 * @property {{ host: string, reachable: boolean } | null} npmRegistry null = not needed
 * @property {{ host: string, reachable: boolean } | null} mavenRegistry null = not needed
 */

/**
 * @typedef {object} Need
 * @property {'docker' | 'local' | null} engine null = whichever works
 * @property {boolean} external no engine is started
 */

/** @typedef {{ lack: string, remedy: string }} Lack */

/** @param {Facts} facts @returns {Lack[]} */
const nodeLacks = ({ nodeVersion }) =>
  Number(nodeVersion.split('.')[0]) >= OLDEST_NODE
    ? []
    : [
        {
          lack: `Node ${nodeVersion} is too old.`,
          remedy: `Install Node ${OLDEST_NODE} or newer (https://nodejs.org).`,
        },
      ];

/** @param {Facts} facts @returns {Lack[]} */
const localEngineLacks = ({ javaVersion, hasMaven, kafkaCached }) => {
  if (javaVersion === null) {
    return [
      { lack: 'Java is missing, which runs Kafka.', remedy: 'Debian: apt install openjdk-17-jre-headless maven.' },
    ];
  }
  if (javaVersion < OLDEST_JAVA) {
    return [{ lack: `Java ${javaVersion} is too old for Kafka.`, remedy: `Install Java ${OLDEST_JAVA} or newer.` }];
  }
  if (!hasMaven && !kafkaCached) {
    return [{ lack: 'Maven is missing, which fetches Kafka.', remedy: 'Debian: apt install maven.' }];
  }
  return [];
};

/** @param {Facts} facts @param {Need} need @returns {Lack[]} */
const engineLacks = (facts, { engine, external }) => {
  if (external || facts.dockerWorks) return engine === 'local' && !external ? localEngineLacks(facts) : [];
  if (engine === 'docker') {
    return [{ lack: 'No Docker engine with compose answers.', remedy: 'Start Docker, or use --engine local.' }];
  }
  return localEngineLacks(facts).map(({ lack, remedy }) => ({ lack, remedy: `${remedy} Or start a Docker engine.` }));
};

/** @param {number} bytes */
const gib = (bytes) => `${(bytes / GIB).toFixed(1)} GiB`;

/** @param {Facts} facts @returns {Lack[]} */
const roomLacks = ({ diskFree, memoryFree }) => {
  const lacks = [];
  if (diskFree !== null && diskFree < DISK_NEEDED) {
    lacks.push({
      lack: `Only ${gib(diskFree)} of disk are free here.`,
      remedy: `Make room: ${gib(DISK_NEEDED)} are needed.`,
    });
  }
  if (memoryFree !== null && memoryFree < MEMORY_NEEDED) {
    const remedy = `Close something: ${gib(MEMORY_NEEDED)} are needed.`;
    lacks.push({ lack: `Only ${gib(memoryFree)} of memory are free.`, remedy });
  }
  return lacks;
};

/** @param {Facts} facts @returns {Lack[]} */
const clockLacks = ({ now, checkedOutAt }) => {
  const behind = now < EARLIEST || (checkedOutAt !== null && now < checkedOutAt - DAY_MS);
  if (!behind) return [];
  const lack = `The clock says ${new Date(now).toISOString()}, which is before these files were written.`;
  return [{ lack, remedy: 'Set the clock: signatures and tokens are checked against it.' }];
};

/** @param {Facts} facts @returns {Lack[]} */
const portLacks = ({ busyPorts }) =>
  busyPorts.length === 0
    ? []
    : [
        {
          lack: `Port${busyPorts.length > 1 ? 's' : ''} ${busyPorts.join(', ')} of 127.0.0.1 ${busyPorts.length > 1 ? 'are' : 'is'} in use by something else.`,
          remedy: 'Stop it, or move all of ours: npm start -- --port-offset 1000.',
        },
      ];

/** @param {Facts} facts @returns {Lack[]} */
const registryLacks = ({ npmRegistry, mavenRegistry }) =>
  [npmRegistry, mavenRegistry].flatMap((registry) =>
    registry === null || registry.reachable
      ? []
      : [
          {
            lack: `${registry.host} cannot be reached, and not all is cached.`,
            remedy: 'Go online once, or name your mirror or proxy in .npmrc or ~/.m2/settings.xml.',
          },
        ],
  );

/** Everything that is missing, each with a remedy. @param {Facts} facts @param {Need} need @returns {Lack[]} */
export const findLacks = (facts, need) => [
  ...nodeLacks(facts),
  ...engineLacks(facts, need),
  ...roomLacks(facts),
  ...clockLacks(facts),
  ...portLacks(facts),
  ...registryLacks(facts),
];
