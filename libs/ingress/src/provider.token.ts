/** Injection token of the provider that this ingress serves. */
export const PROVIDER = Symbol('PROVIDER');
