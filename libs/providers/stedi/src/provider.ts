import type { Provider } from '@claimwire/provider-kit';
import { ApiKeysAuthDto, BasicAuthDto, NoneAuthDto, StandardWebhooksAuthDto } from './auth.dto.js';
import { knownFields } from './known-fields.js';
import { normaliseReportPart } from './report-fact.js';
import { verifyRequest } from './verify-request.js';
import { normaliseWebhook, receiveWebhook } from './webhook.js';

export const stedi: Provider = {
  name: 'stedi',
  // Any answer but 2xx would be retried four times and then fill their error queue.
  malformedStatus: 202,
  routes: [{ name: 'webhook', suffix: '', receive: receiveWebhook }],
  authSchemes: {
    api_keys: ApiKeysAuthDto,
    basic: BasicAuthDto,
    none: NoneAuthDto,
    standard_webhooks: StandardWebhooksAuthDto,
  },
  verify: verifyRequest,
  sources: [
    { source: 'stedi', normalise: normaliseWebhook, isAboutClaims: () => false },
    { source: 'stedi-reports', normalise: normaliseReportPart },
  ],
  secretPaths: [
    'auth.headers[].value',
    'auth.headers[].values[].value',
    'auth.password',
    'auth.passwords[].value',
    'auth.secrets[]',
    'settings.reports.apiKey',
  ],
  settings: ['claimNamespace', 'expectedAccounts', 'reports'],
  knownFields,
};
