/** Which engines a run of tests needs; what TEST_* names already is not started. */
export interface Wanted {
  readonly kafka: boolean;
  readonly postgres: boolean;
}

export interface TestEngines {
  /** TEST_* settings for the workers. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const startTestEngines = async (wanted: Wanted): Promise<TestEngines> => {
  throw new Error(`Set TEST_KAFKA_BROKERS and TEST_DATABASE_URL (${Object.entries(wanted).join()})`);
};
