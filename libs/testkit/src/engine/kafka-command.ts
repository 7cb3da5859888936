import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaJars } from './kafka-jars.js';

/**
 * Runs one of Kafka's own command-line tools, for example "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand".
 * @returns what it printed
 */
export async function runKafkaCommand(mainClass: string, args: readonly string[]): Promise<string> {
  const java = ['-Xmx256m', '-cp', join(await kafkaJars(), '*'), mainClass, ...args];
  return (await promisify(execFile)('java', java, { maxBuffer: 16 * 1024 * 1024 })).stdout;
}
