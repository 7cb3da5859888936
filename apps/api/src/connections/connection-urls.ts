import { Injectable } from '@nestjs/common';
import type { Provider } from '@claimwire/provider-kit';
import { ApiConfig } from '../config.js';

/** Stands for the token where the reader may not see it. */
const MASKED = '***';

/** Addresses that a provider is given. */
@Injectable()
export class ConnectionUrls {
  constructor(private readonly config: ApiConfig) {}

  /** By route name; a path alone where PUBLIC_INGRESS_URLS does not name the provider. */
  of({ name, routes }: Provider, token: string | undefined): Record<string, string> {
    const base = `${this.config.ingressUrl(name) ?? ''}/webhooks/${name}/${token ?? MASKED}`;
    return Object.fromEntries(routes.map((route) => [route.name, base + route.suffix]));
  }
}
