import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Node is to be told when it runs an app (`apps/<app>/node-options`): nothing for most. */
export function nodeOptions(root: string, app: string): string[] {
  const file = join(root, 'apps', app, 'node-options');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/) : [];
}
