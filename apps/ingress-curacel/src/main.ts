import { ingressService } from '@claimwire/ingress';
import { curacel } from '@claimwire/provider-curacel';
import { runService } from '@claimwire/service-host';

await runService(ingressService(curacel, { port: 4102, managementPort: 5102 }));
