import { decodeHeaders, type MessageHeaders } from '@claimwire/contracts';

/** One message of a raw topic, as any Kafka client gives it. */
export interface RawMessage {
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
  offset: bigint;
}

/** A message with its headers decoded once; null = Claimwire cannot have written them. */
export interface ReadMessage {
  message: RawMessage;
  headers: MessageHeaders | null;
}

/** @returns null for headers that Claimwire cannot have written */
export function readHeaders(message: Pick<RawMessage, 'headers'>): MessageHeaders | null {
  try {
    return decodeHeaders(message.headers);
  } catch {
    return null;
  }
}

export const readMessage = (message: RawMessage): ReadMessage => ({ message, headers: readHeaders(message) });

/** The connections that these messages came through. */
export function connectionIds(messages: readonly ReadMessage[]): Set<string> {
  return new Set(messages.flatMap(({ headers }) => headers?.connection ?? []));
}
