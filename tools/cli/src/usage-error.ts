/** The command line makes no sense; the message says what to write instead. */
export class UsageError extends Error {}

/** A setting is missing or wrong; the message has a line for each. */
export class SettingsError extends Error {}
