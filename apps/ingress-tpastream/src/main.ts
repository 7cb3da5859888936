import { ingressService } from '@claimwire/ingress';
import { tpastream } from '@claimwire/provider-tpastream';
import { runService } from '@claimwire/service-host';

await runService(ingressService(tpastream, { port: 4103, managementPort: 5103 }));
