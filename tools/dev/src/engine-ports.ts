import { readFileSync, writeFileSync } from 'node:fs';
import { preferPort } from '@claimwire/testkit';
import { CHECKOUT_ID } from './bootstrap-modules.js';

export interface EnginePorts {
  readonly kafka: number;
  readonly controller: number;
  readonly postgres: number;
}

const FIRST_PORT = 20_000;
const SLOTS = 4_000;

/**
 * Each checkout has ports of its own: two that shared one could take each other's broker for theirs while one of them
 * restarts. All lie below the range that systems hand out to whoever asks for any port.
 */
const preferredPorts = (checkoutId: string): EnginePorts => {
  const first = FIRST_PORT + (Number.parseInt(checkoutId.slice(0, 8), 16) % SLOTS) * 3;
  return { kafka: first, controller: first + 1, postgres: first + 2 };
};

const earlierPorts = (file: string): EnginePorts => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as EnginePorts;
  } catch {
    return preferredPorts(CHECKOUT_ID);
  }
};

/** The ports of the last start where they are free, so that whoever noted an address finds it again. */
export const choosePorts = async (file: string): Promise<EnginePorts> => {
  const wanted = earlierPorts(file);
  const ports = {
    kafka: await preferPort(wanted.kafka),
    controller: await preferPort(wanted.controller),
    postgres: await preferPort(wanted.postgres),
  };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
};
