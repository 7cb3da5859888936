import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';

/** Addresses of a name, IPv4 only; null = no answer at all. */
export type Zone = (name: string) => string[] | null;

const TYPE_A = 1;
const HEADER_BYTES = 12;
const NAME_ERROR = 3;

/** Name and type of the only question, and where it ends. */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4);
  // A TTL of 0: the name is asked for anew each time.
  record.writeUInt16BE(4, 10);
  for (const [index, part] of address.split('.').entries()) record[12 + index] = Number(part);
  return record;
}

/** A name server on 127.0.0.1 that answers as its zone says at that moment. */
export class DnsServer {
  readonly asked: string[] = [];

  private constructor(
    private readonly socket: Socket,
    zone: Zone,
  ) {
    socket.on('message', (query, { port, address }) => {
      const { name, type, end } = readQuestion(query);
      this.asked.push(`${name} ${type === TYPE_A ? 'A' : 'AAAA'}`);
      const known = zone(name);
      if (known === null) return;
      const records = type === TYPE_A ? known.map(answerRecord) : [];
      const header = Buffer.from(query.subarray(0, HEADER_BYTES));
      header.writeUInt16BE(0x8180 + (known.length === 0 ? NAME_ERROR : 0), 2);
      for (const [at, count] of [1, records.length, 0, 0].entries()) header.writeUInt16BE(count, 4 + 2 * at);
      socket.send(Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...records]), port, address);
    });
  }

  static async start(zone: Zone): Promise<DnsServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new DnsServer(socket, zone);
  }

  /** For `setServers`. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  stop(): void {
    this.socket.close();
  }
}
