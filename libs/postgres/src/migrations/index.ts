import { Initial1763800000001 } from './0001-initial.js';
import { IngressSpool1763800000002 } from './0002-ingress-spool.js';
import { StediJobs1763800000003 } from './0003-stedi-jobs.js';
import { Quarantine1763800000004 } from './0004-quarantine.js';
import { NoticesAndSigningKeys1763800000006 } from './0006-notices-and-signing-keys.js';
import { ReportStanding1763800000007 } from './0007-report-standing.js';
import { LaneIdentity1763800000008 } from './0008-lane-identity.js';
import { SearchAndErasure1763800000009 } from './0009-search-and-erasure.js';
import { DeliveryOperations1763800000010 } from './0010-delivery-operations.js';
import { DeliveryIndexes1763800000011 } from './0011-delivery-indexes.js';
import { RowsUncompressed1763800000012 } from './0012-rows-uncompressed.js';
import { ConfigurationChanges1763800000015 } from './0015-configuration-changes.js';
import { AttemptPartitions1763800000016 } from './0016-attempt-partitions.js';
import { SharedReadings1763800000017 } from './0017-shared-readings.js';
import { Operations1763800000018 } from './0018-operations.js';
import { DeliveryTraces1763800000019 } from './0019-delivery-traces.js';
import { DeliveryOrderIndex1763800000020 } from './0020-delivery-order-index.js';

/** In order of their timestamps. A migration that was released is never edited. */
export const MIGRATIONS = [
  Initial1763800000001,
  IngressSpool1763800000002,
  StediJobs1763800000003,
  Quarantine1763800000004,
  NoticesAndSigningKeys1763800000006,
  ReportStanding1763800000007,
  LaneIdentity1763800000008,
  SearchAndErasure1763800000009,
  DeliveryOperations1763800000010,
  DeliveryIndexes1763800000011,
  RowsUncompressed1763800000012,
  ConfigurationChanges1763800000015,
  AttemptPartitions1763800000016,
  SharedReadings1763800000017,
  Operations1763800000018,
  DeliveryTraces1763800000019,
  DeliveryOrderIndex1763800000020,
];
