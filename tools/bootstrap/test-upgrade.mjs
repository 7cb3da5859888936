// @ts-check
import { checkMachine } from './check-machine.mjs';
import { earlierBuild, resolveRef } from './earlier-build.mjs';
import { installPackages } from './install.mjs';
import { step } from './progress.mjs';
import { runCli } from './run-cli.mjs';
import { endTogether, runLogged, tail } from './run-command.mjs';
import { parseUpgrade, UPGRADE_HELP } from './upgrade-options.mjs';
import { toolEnv } from './workspace.mjs';

const TEST = ['vitest', 'run', '--project', 'e2e', 'test/e2e/src/rolling-upgrade'];

await runCli({
  parse: parseUpgrade,
  help: UPGRADE_HELP,
  main: async ({ from }) => {
    const commit = resolveRef(from);
    endTogether();
    await checkMachine([], { engine: null, external: Boolean(process.env.TEST_KAFKA_BROKERS) });
    await installPackages();
    const short = commit.slice(0, 12);
    const root = await step(`Building ${short}`, () => earlierBuild(commit));
    const [program = '', ...args] = TEST;
    const env = { ...toolEnv(), TEST_UPGRADE_FROM: root };
    const { code, logFile } = await step(
      `Rolling from ${short} to this checkout and back, under load`,
      () => runLogged('upgrade', program, args, env),
      (result) => result.code === 0,
    );
    if (code !== 0) process.stdout.write(`${await tail(logFile, 100)}\n(all of it: ${logFile})\n`);
    return code === 0 ? 0 : 1;
  },
});
