import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const exec = promisify(execFile);
let workspace: string;

/** The sources as git sees them (what is not committed yet included), so that the generator may change them freely. */
async function copySources(): Promise<void> {
  const { stdout } = await exec('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    maxBuffer: 32 * 1024 * 1024,
  });
  for (const file of stdout.split('\n').filter(Boolean)) {
    await mkdir(dirname(join(workspace, file)), { recursive: true });
    // A file that is deleted but not committed is listed all the same.
    await cp(join(ROOT, file), join(workspace, file)).catch(() => undefined);
  }
}

/** As `npm install` would: third-party packages from here, our own from the copy. */
async function linkModules(): Promise<void> {
  const modules = join(workspace, 'node_modules');
  await mkdir(join(modules, '@claimwire'), { recursive: true });
  for (const entry of await readdir(join(ROOT, 'node_modules'))) {
    if (entry !== '@claimwire') await symlink(join(ROOT, 'node_modules', entry), join(modules, entry));
  }
  await linkOurOwn();
}

async function linkOurOwn(): Promise<void> {
  const folders = ['libs', 'libs/providers', 'apps', 'tools'];
  for (const folder of folders) {
    for (const entry of await readdir(join(workspace, folder), { withFileTypes: true })) {
      const path = join(workspace, folder, entry.name);
      const manifest = await readManifest(path);
      if (!manifest) continue;
      const link = join(workspace, 'node_modules', manifest.name);
      await rm(link, { force: true });
      await symlink(path, link);
    }
  }
}

async function readManifest(folder: string): Promise<{ name: string } | undefined> {
  const manifest: unknown = await import(join(folder, 'package.json'), { with: { type: 'json' } }).catch(
    () => undefined,
  );
  return (manifest as { default: { name: string } } | undefined)?.default;
}

async function run(command: string, args: string[], more: Record<string, string> = {}): Promise<string> {
  const env = {
    PATH: `${join(workspace, 'node_modules/.bin')}:${process.env.PATH}`,
    HOME: process.env.HOME,
    NX_DAEMON: 'false',
    NX_WORKSPACE_ROOT_PATH: workspace,
    ...more,
  };
  return exec(command, args, { cwd: workspace, env, maxBuffer: 32 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}\n${error.stderr}`);
    },
  );
}

/** In place of npm: notes what it is called with. The packages are linked by {@link linkOurOwn}, without the network. */
async function standInForNpm(): Promise<string> {
  const folder = join(workspace, 'stand-in');
  await mkdir(folder);
  await writeFile(join(folder, 'npm'), `#!/bin/sh\necho "$@" >> '${folder}/calls'\n`, { mode: 0o755 });
  return folder;
}

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'claimwire-generator-'));
  await copySources();
  await exec('git', ['init', '-q'], { cwd: workspace });
  await linkModules();
});

afterAll(() => rm(workspace, { recursive: true, force: true }));

it('makes a provider that builds, keeps the rules and conforms', async () => {
  const npm = await standInForNpm();
  await run('nx', ['g', 'provider', 'acme', '--no-interactive'], {
    PATH: `${npm}:${join(workspace, 'node_modules/.bin')}:${process.env.PATH}`,
  });
  expect((await readFile(join(npm, 'calls'), 'utf8')).split('\n')).toContain('install');
  await rm(npm, { recursive: true });
  await linkOurOwn();

  await run('nx', [
    'run-many',
    '-t',
    'build',
    '-p',
    '@claimwire/app-ingress-acme',
    '@claimwire/app-normalizer',
    '@claimwire/dev',
  ]);
  await run('tsc', ['-p', 'tsconfig.json']);
  await run('prettier', [
    '--check',
    'libs/providers',
    'apps/ingress-acme',
    'libs/contracts',
    'docker',
    'tools/bootstrap',
  ]);
  await run('eslint', ['libs/providers/acme', 'apps/ingress-acme', '--max-warnings', '0']);
  await run('vitest', ['run', '--project', 'unit', 'libs/contracts/src/kafka-acls'], { UPDATE_DOCS: '1' });
  const suites = await run('vitest', [
    ...['run', '--project', 'unit', '--project', 'property'],
    ...['libs/providers/acme', 'libs/providers/registry', 'libs/contracts', 'tools/dev', 'tools/bootstrap'],
  ]);
  expect(suites).toMatch(/acme\.conformance\.spec\.ts/);
  expect(await run(process.execPath, ['apps/ingress-acme/dist/main.js', '--help'])).toContain('ingress-acme');
});

it('refuses a name that cannot stand in a topic, and says which can', async () => {
  await expect(run('nx', ['g', 'provider', 'Acme Health', '--no-interactive'])).rejects.toThrow(/lower-case|pattern/);
});
