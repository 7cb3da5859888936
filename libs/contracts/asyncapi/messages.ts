const schema = (name: string) => ({
  schemaFormat: 'application/schema+json;version=2020-12',
  schema: { $ref: `./schemas/${name}.schema.json` },
});

const keyed = (description: string) => ({
  kafka: { key: { type: 'string', description }, bindingVersion: '0.5.0' },
});

const SAME_KEY = "The source message's key.";

/** The kinds of messages by their names in the document. */
export const COMPONENT_MESSAGES = {
  rawEvent: {
    title: 'Raw event',
    summary: "A verified webhook body, byte for byte: the provider's own JSON.",
    contentType: 'application/json',
    headers: schema('message-headers'),
    payload: { type: 'object' },
    bindings: keyed("Tenant and the provider's claim id, else its entity id."),
  },
  reportPart: {
    title: 'Report part',
    summary: "One claim's part of a 277 or 835 report, with its context.",
    contentType: 'application/json',
    headers: schema('message-headers'),
    payload: { type: 'object' },
    bindings: keyed('Tenant and patient control number, upper case.'),
  },
  quarantined: {
    title: 'Quarantined message',
    summary: 'The source message as it was; its bytes may be anything.',
    headers: schema('quarantine-headers'),
    bindings: keyed(SAME_KEY),
  },
  claimEvent: {
    title: 'ClaimEvent',
    contentType: 'application/json',
    headers: schema('message-headers'),
    payload: schema('claim-event'),
    bindings: keyed('The claim key.'),
  },
  claimState: {
    title: 'ClaimState',
    summary: 'A null value removes the claim.',
    contentType: 'application/json',
    headers: schema('message-headers'),
    payload: schema('claim-state'),
    bindings: keyed('The claim key.'),
  },
  notice: {
    title: 'Notice',
    contentType: 'application/json',
    headers: schema('message-headers'),
    payload: schema('notice'),
    bindings: keyed('Tenant and entity id.'),
  },
} as const;
