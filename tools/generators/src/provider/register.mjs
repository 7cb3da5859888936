/** @typedef {import('@nx/devkit').Tree} Tree */

/**
 * Changes one file, and says which line it missed where somebody has rewritten it.
 * @param {Tree} tree
 * @param {string} file
 * @param {[RegExp, (found: string) => string][]} edits
 */
function edit(tree, file, edits) {
  let text = tree.read(file, 'utf8');
  if (text === null) throw new Error(`${file} is missing`);
  for (const [pattern, change] of edits) {
    if (!pattern.test(text))
      throw new Error(`${file} has no place like ${pattern}: register the provider there by hand`);
    text = text.replace(pattern, change);
  }
  tree.write(file, text);
}

/** @param {Tree} tree @param {string} name */
export function addTopic(tree, name) {
  edit(tree, 'libs/contracts/src/topics.ts', [
    [/RAW_SOURCES = \[[^\]]*\]/, (list) => list.replace(/\s*,?\s*\]$/, `, '${name}']`)],
  ]);
}

/** @param {Tree} tree @param {string} name */
export function registerProvider(tree, name) {
  edit(tree, 'libs/providers/registry/src/registry.ts', [
    [/^/, () => `import { ${name} } from '@claimwire/provider-${name}';\n`],
    [/PROVIDERS: readonly Provider\[\] = \[[^\]]*\]/, (list) => list.replace(/\s*,?\s*\]$/, `, ${name}]`)],
  ]);
}

/** @param {Tree} tree @param {{ name: string, port: number }} words */
export function routeInCompose(tree, { name, port }) {
  const service = `  ingress-${name}:
    <<: *app
    command: [apps/ingress-${name}/dist/main.js]
    ports: ['127.0.0.1:${port}:${port}']

`;
  edit(tree, 'docker/compose.yml', [
    [/\{"cair":[^}]*\}/, (urls) => urls.replace(/\}$/, `,"${name}":"http://localhost:${port}"}`)],
    [/^ {2}stedi-reports:\n/m, (next) => service + next],
  ]);
}

/** @param {Tree} tree @param {{ name: string, port: number, managementPort: number }} words */
export function startInDevelopment(tree, { name, port, managementPort }) {
  const app = `  { name: 'ingress-${name}', port: ${port}, managementPort: ${managementPort} },\n`;
  edit(tree, 'tools/bootstrap/apps.mjs', [[/^ {2}\{ name: 'normalizer'/m, (next) => app + next]]);
}
