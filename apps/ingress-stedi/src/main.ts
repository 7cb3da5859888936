import { ingressService } from '@claimwire/ingress';
import { stedi } from '@claimwire/provider-stedi';
import { runService } from '@claimwire/service-host';

await runService(ingressService(stedi, { port: 4104, managementPort: 5104 }));
