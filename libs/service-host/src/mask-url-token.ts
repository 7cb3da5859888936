const TOKEN_IN_PATH = /(\/webhooks\/[^/?#\s]+\/)[^/?#\s"']+/g;

/** Puts *** for the token of "/webhooks/cair/3f…": the URL token is a credential and stays out of logs and spans. */
export function maskUrlToken(text: string): string {
  return text.replace(TOKEN_IN_PATH, '$1***');
}
