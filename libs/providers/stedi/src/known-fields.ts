import { describeFields, type DescribedObject, type KnownFields } from '@claimwire/provider-kit';
import { ACKNOWLEDGMENT_FIELDS, REMITTANCE_FIELDS } from './known-report-fields.js';

/** An event comes bare or in one of two wrappers; the two forms have no wrapper in common. */
const wrappedIn = (path: string): string[] => ['', path];
const at = (base: string, path: string): string => [base, path].filter((part) => part !== '').join('.');

/** EventBridge's members, and those of `detail` by their path in it. */
const classic = (detail: readonly DescribedObject[]): DescribedObject[] =>
  wrappedIn('event').flatMap((base) => [
    [base, 'version id detail-type source account time region resources'] as const,
    ...detail.map(([path, names]) => [at(base, at('detail', path)), names] as const),
  ]);

const THIN: DescribedObject[] = wrappedIn('v1Event').flatMap((base) => [
  [base, 'account created environment id object type'] as const,
  [at(base, 'resource'), 'id type'] as const,
  [at(base, 'relatedResources[]'), 'id type'] as const,
]);

const words = (inDetail: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> =>
  Object.fromEntries([
    ...wrappedIn('event').flatMap((base) =>
      Object.entries(inDetail).map(([path, list]) => [at(base, at('detail', path)), list] as const),
    ),
    ...wrappedIn('v1Event').map((base) => [at(base, 'environment'), ['TEST', 'PRODUCTION']] as const),
  ]);

const DIRECTIONS = ['INBOUND', 'OUTBOUND', 'UNKNOWN'];
const ARTIFACT: DescribedObject = ['artifacts[]', 'artifactType usage sizeBytes url model'];
const ISA = 'qualifier id';

/** Also of the items that polling finds: put into a webhook's form, they can come back from quarantine. */
const TRANSACTION = describeFields(
  [
    ...classic([
      ['', 'transactionId fileExecutionId direction mode processedAt connectionId status'],
      ARTIFACT,
      ['partnership', 'partnershipId partnershipType'],
      ['partnership.sender', 'profileId'],
      ['partnership.receiver', 'profileId'],
      ['x12', 'transactionSetIdentifier'],
      ['x12.transactionSetting', 'guideId transactionSettingId'],
      ['x12.metadata.interchange', 'acknowledgmentRequestedCode controlNumber'],
      ['x12.metadata.functionalGroup', 'controlNumber date functionalIdentifierCode time release'],
      ['x12.metadata.transaction', 'controlNumber transactionSetIdentifier'],
      ['x12.metadata.sender', 'applicationCode'],
      ['x12.metadata.sender.isa', ISA],
      ['x12.metadata.receiver', 'applicationCode'],
      ['x12.metadata.receiver.isa', ISA],
      ['fragments', 'keyName fragmentCount batchSize'],
      ['translationErrors[]', 'message'],
      ['translationErrors[].context', 'code schemaPath'],
      ['translationErrors[].mark.start', 'line column'],
      ['translationErrors[].mark.end', 'line column'],
      ['businessIdentifiers[]', 'elementId element name value'],
    ]),
    ...THIN,
  ],
  words({ direction: DIRECTIONS, mode: ['production', 'test', 'other'], status: ['succeeded', 'failed'] }),
);

const FILE_DELIVERED = describeFields(
  [
    ...classic([
      ['', 'fileExecutionId processedAt direction'],
      ARTIFACT,
      ['connection', 'connectionType connectionId'],
      ['delivery', 'status message artifactId'],
    ]),
    ...THIN,
  ],
  words({ direction: DIRECTIONS }),
);

const FILE_FAILED = describeFields(
  [
    ...classic([
      ['', 'fileExecutionId processedAt direction'],
      ARTIFACT,
      ['errors[]', 'message faultCode'],
      ['source', 'name'],
    ]),
    ...THIN,
  ],
  words({ direction: DIRECTIONS }),
);

const BY_TYPE = new Map<string, KnownFields>([
  ['stedi.transaction.processed', TRANSACTION],
  ['stedi.file.delivered', FILE_DELIVERED],
  ['stedi.file.failed', FILE_FAILED],
  ['stedi.report.277', ACKNOWLEDGMENT_FIELDS],
  ['stedi.report.835', REMITTANCE_FIELDS],
]);

/** The older versions of an event lack members of the newer ones and have no others. */
export const knownFields = (eventType: string): KnownFields | undefined =>
  BY_TYPE.get(eventType.replace(/\.v\d+$/, ''));
