import type { Provider } from '@claimwire/provider-kit';
import { JwtRs256AuthDto } from './auth.dto.js';
import { normaliseClaim, receiveClaim } from './claim.js';
import { FIRST_CRAWL_EVENT_TYPE, normaliseFirstCrawl, receiveFirstCrawl } from './first-crawl.js';
import { knownFields } from './known-fields.js';
import { verifyRequest } from './verify-request.js';

export const tpastream: Provider = {
  name: 'tpastream',
  // 406 tells them to stop; any other answer but 2xx would be retried for four hours.
  malformedStatus: 406,
  // The bodies carry no type: each webhook has its own route.
  routes: [
    { name: 'claims', suffix: '/claims', receive: receiveClaim },
    { name: 'first-crawl-completions', suffix: '/first-crawl-completions', receive: receiveFirstCrawl },
  ],
  authSchemes: { jwt_rs256: JwtRs256AuthDto },
  verify: verifyRequest,
  sources: [
    {
      source: 'tpastream',
      normalise: (event) =>
        event.headers.type === FIRST_CRAWL_EVENT_TYPE ? normaliseFirstCrawl(event) : normaliseClaim(event),
      isAboutClaims: (eventType) => eventType !== FIRST_CRAWL_EVENT_TYPE,
    },
  ],
  secretPaths: [],
  settings: ['claimNamespace'],
  knownFields,
};
