import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from './execute.js';

/** Pinned: another version may say something else of the same chart. */
const TOOLS = {
  helm: 'helm.sh/helm/v4/cmd/helm@v4.3.1',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
};
export type GoTool = keyof typeof TOOLS;

export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';
}

/**
 * Builds what the cache lacks of the tools.
 * @param say told before a build, which takes minutes
 * @returns the path of each
 * @throws MissingToolError where there is no Go, or a build fails
 */
export async function goTools(cache: string, say: (line: string) => void): Promise<Record<GoTool, string>> {
  const paths = {} as Record<GoTool, string>;
  for (const name of Object.keys(TOOLS) as GoTool[]) {
    const version = TOOLS[name].split('@')[1];
    const folder = join(cache, `${name}-${version}`);
    paths[name] = join(folder, name);
    if (existsSync(paths[name])) continue;
    say(`building ${name} ${version}: this takes minutes, once`);
    await mkdir(folder, { recursive: true });
    const { ok, output } = await execute('go', ['install', TOOLS[name]], { GOBIN: folder });
    if (!ok) throw new MissingToolError(`${name} could not be built, is Go 1.25 or newer installed?\n${tail(output)}`);
  }
  return paths;
}

interface Module {
  Dir: string;
}

/** @returns the folder of a Go module's sources. @throws MissingToolError */
export async function goModule(module: string): Promise<string> {
  const { ok, stdout, output } = await execute('go', ['mod', 'download', '-json', module]);
  if (!ok) throw new MissingToolError(`${module} could not be downloaded\n${tail(output)}`);
  return (JSON.parse(stdout) as Module).Dir;
}

const tail = (output: string): string => output.split('\n').slice(-12).join('\n');
