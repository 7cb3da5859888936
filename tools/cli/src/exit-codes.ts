/** What a command's exit code says; the numbers above 2 are those of sysexits.h. */
export const EXIT = {
  /** Done, and the answer is yes. */
  ok: 0,
  /** Done, and something differs or could not be done: the output says what. */
  no: 1,
  /** Nothing was begun. */
  usage: 2,
  /** PostgreSQL, Kafka or the API does not answer. */
  unavailable: 69,
  /** A bug, or something nobody thought of. */
  failed: 70,
  /** The key is not accepted, or may not do this. */
  denied: 77,
  /** The environment lacks a setting or has a wrong one. */
  settings: 78,
  /** By Ctrl-C or SIGTERM, at a point where nothing is half done. */
  interrupted: 130,
} as const;

export const EXIT_HELP = `Exit code: ${EXIT.ok} done; ${EXIT.no} done, and something differs (the output says what); ${EXIT.usage} wrong usage, nothing was begun;
${EXIT.unavailable} PostgreSQL, Kafka or the API does not answer; ${EXIT.failed} an unexpected error; ${EXIT.denied} not allowed; ${EXIT.settings} a setting is missing or wrong; ${EXIT.interrupted} interrupted.
`;
