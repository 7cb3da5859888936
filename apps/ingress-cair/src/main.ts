import { ingressService } from '@claimwire/ingress';
import { cair } from '@claimwire/provider-cair';
import { runService } from '@claimwire/service-host';

await runService(ingressService(cair, { port: 4101, managementPort: 5101 }));
