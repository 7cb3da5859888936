// @ts-check

/**
 * An advisory that we live with, after somebody looked at it.
 * @typedef {object} AuditException
 * @property {string} advisory its address or id, as `npm audit` names it
 * @property {string} package
 * @property {string} reason why it does not harm us
 * @property {string} expires day on which it must be looked at again, YYYY-MM-DD; at most 180 days ahead
 */

/**
 * @typedef {object} Advisory
 * @property {string} id
 * @property {string} package
 * @property {string} severity
 * @property {string} title
 */

const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_DAYS = 180;

/**
 * The advisories in what `npm audit --json` prints: each once, by package.
 * @param {unknown} report
 * @returns {Advisory[] | null} null = it is no report: the registry was not reached, or has no advisories to ask for
 */
export const readAdvisories = (report) => {
  const vulnerabilities = /** @type {{ vulnerabilities?: Record<string, { via?: unknown[] }> } | null} */ (report)
    ?.vulnerabilities;
  if (!vulnerabilities) return null;
  /** @type {Map<string, Advisory>} */
  const found = new Map();
  for (const { via = [] } of Object.values(vulnerabilities)) {
    for (const one of via) {
      if (typeof one !== 'object' || one === null) continue;
      const { url, source, name, severity, title } = /** @type {Record<string, unknown>} */ (one);
      const id = String(url ?? source);
      found.set(`${id} ${String(name)}`, {
        id,
        package: String(name),
        severity: String(severity),
        title: String(title),
      });
    }
  }
  return [...found.values()];
};

/**
 * @param {readonly Advisory[]} advisories
 * @param {readonly AuditException[]} exceptions
 * @param {Date} now
 * @returns {{ open: Advisory[], accepted: Advisory[], problems: string[] }} problems of the exceptions themselves
 */
export const judgeAdvisories = (advisories, exceptions, now) => {
  const problems = exceptions.flatMap((exception) => problemOf(exception, advisories, now));
  const isAccepted = (/** @type {Advisory} */ { id, package: name }) =>
    exceptions.some((one) => id.endsWith(one.advisory) && one.package === name && !isOver(one, now));
  return {
    open: advisories.filter((advisory) => !isAccepted(advisory)),
    accepted: advisories.filter(isAccepted),
    problems,
  };
};

/** @param {AuditException} exception @param {Date} now */
const isOver = ({ expires }, now) => !(Date.parse(`${expires}T23:59:59Z`) >= now.getTime());

/** @param {AuditException} exception @param {readonly Advisory[]} advisories @param {Date} now @returns {string[]} */
const problemOf = (exception, advisories, now) => {
  const { advisory, package: name, reason, expires } = exception;
  const label = `${advisory} (${name})`;
  if (!advisory || !name || !reason) return [`${label}: an exception needs advisory, package and reason`];
  if (isOver(exception, now)) return [`${label}: expired on ${expires}, look at it again`];
  const days = (Date.parse(expires) - now.getTime()) / DAY_MS;
  if (days > LONGEST_DAYS) return [`${label}: expires more than ${LONGEST_DAYS} days from now`];
  const isNeeded = advisories.some((found) => found.id.endsWith(advisory) && found.package === name);
  return isNeeded ? [] : [`${label}: nothing needs this exception any more, remove it`];
};
