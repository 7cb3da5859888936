import type { TopicSpec } from '../src/topics.js';
import {
  EVENTS_TOPIC,
  NOTICES_TOPIC,
  QUARANTINE_TOPIC,
  RAW_SOURCES,
  rawTopic,
  STATE_TOPIC,
  TOPICS,
} from '../src/topics.js';
import { COMPONENT_MESSAGES } from './messages.js';

type MessageName = keyof typeof COMPONENT_MESSAGES;

interface ChannelText {
  message: MessageName;
  description: string;
  /** Who writes and who reads, by app. */
  send: readonly string[];
  receive: readonly string[];
}

const REPORTS_SOURCE = 'stedi-reports';
const PROVIDER_SOURCES = RAW_SOURCES.filter((source) => source !== REPORTS_SOURCE);

const rawChannel = (source: string): [string, ChannelText] => [
  rawTopic(source),
  {
    message: 'rawEvent',
    description: `Verified webhooks of ${source}, byte for byte. Ours only.`,
    send: [`ingress-${source}`],
    receive: ['normalizer', ...(source === 'stedi' ? ['stedi-reports'] : [])],
  },
];

const CHANNELS: Readonly<Record<string, ChannelText>> = {
  ...Object.fromEntries(PROVIDER_SOURCES.map(rawChannel)),
  [rawTopic(REPORTS_SOURCE)]: {
    message: 'reportPart',
    description: 'The 277 and 835 reports of Stedi, one message per claim. Ours only.',
    send: ['stedi-reports'],
    receive: ['normalizer'],
  },
  [QUARANTINE_TOPIC]: {
    message: 'quarantined',
    description: 'What was genuine and could not be processed, with its reason. Ours only.',
    send: [...PROVIDER_SOURCES.map((source) => `ingress-${source}`), 'stedi-reports', 'normalizer'],
    receive: ['normalizer'],
  },
  [EVENTS_TOPIC]: {
    message: 'claimEvent',
    description: 'One message for each stored event of a claim, in version order per claim. At least once.',
    send: ['normalizer'],
    receive: ['fanout'],
  },
  [STATE_TOPIC]: {
    message: 'claimState',
    description: 'The newest state of each claim.',
    send: ['normalizer'],
    receive: [],
  },
  [NOTICES_TOPIC]: {
    message: 'notice',
    description: 'Facts that are about no claim.',
    send: ['normalizer', 'fanout'],
    receive: ['fanout'],
  },
};

const channelName = (topic: string): string => topic.replaceAll('.', '_');

/** AsyncAPI's Kafka binding takes the cleanup policy as a list and numbers as numbers. */
const topicConfiguration = (config: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, key === 'cleanup.policy' ? value.split(',') : Number(value)]),
  );

function channel({ name, partitions, config }: TopicSpec) {
  const text = CHANNELS[name];
  if (!text) throw new Error(`no text for the topic ${name}: describe it in asyncapi/document.ts`);
  return {
    address: name,
    description: text.description,
    messages: { [text.message]: { $ref: `#/components/messages/${text.message}` } },
    bindings: { kafka: { partitions, topicConfiguration: topicConfiguration(config), bindingVersion: '0.5.0' } },
  };
}

interface Operation {
  action: 'send' | 'receive';
  channel: { $ref: string };
  summary: string;
}

function operations({ name }: TopicSpec): [string, Operation][] {
  const { send, receive } = CHANNELS[name]!;
  const operation =
    (action: Operation['action']) =>
    (app: string): [string, Operation] => [
      `${app}_${action}_${channelName(name)}`,
      { action, channel: { $ref: `#/channels/${channelName(name)}` }, summary: `${app} ${action}s` },
    ];
  return [...send.map(operation('send')), ...receive.map(operation('receive'))];
}

/** Everything that goes over Kafka. `asyncapi.json` is this document, written down and checked for drift. */
export function asyncApiDocument() {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Claimwire topics',
      version: '1.0.0',
      description:
        "Topics of one deployment, before whose names its prefix is put. Tenants use the REST API and webhooks; topics are for the operator's own teams.",
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(TOPICS.map((topic) => [channelName(topic.name), channel(topic)])),
    operations: Object.fromEntries(TOPICS.flatMap(operations)),
    components: { messages: COMPONENT_MESSAGES },
  };
}
