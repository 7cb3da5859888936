import { afterEach, describe, expect, it, vi } from 'vitest';
import { armFault, faultPoint } from './fault-point.js';

describe('faultPoint', () => {
  afterEach(() => {
    armFault(undefined);
    vi.restoreAllMocks();
  });

  it('passes where nothing, or another point, is armed', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    await faultPoint('after-commit');
    armFault('elsewhere');
    await faultPoint('after-commit');
    expect(kill).not.toHaveBeenCalled();
  });

  it('kills the process at the armed point and goes no further', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    armFault('after-commit');
    let passed = false;
    void faultPoint('after-commit').then(() => (passed = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGKILL');
    expect(passed).toBe(false);
  });
});
