let armed: string | undefined;

/** Called once at boot with CLAIMWIRE_TEST_FAULT, which HostConfig refuses in production. */
export function armFault(name: string | undefined): void {
  armed = name;
}

/** Dies by SIGKILL here when a test armed this name: proves what a crash at this very line leaves behind. */
export async function faultPoint(name: string): Promise<void> {
  if (armed !== name) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}
