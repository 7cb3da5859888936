import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeOptions } from '@claimwire/testkit';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { CHART, ROOT } from './paths.js';

const OPTIONS = nodeOptions(ROOT, 'fanout').join(' ');
const read = (path: string): unknown => parse(readFileSync(path, 'utf8'), { merge: true });

it('fan-out has the same memory limits wherever it runs', () => {
  expect(OPTIONS).toContain('--max-semi-space-size');
  expect(read(join(CHART, 'values.yaml'))).toMatchObject({ fanout: { settings: { NODE_OPTIONS: OPTIONS } } });
  const services = { fanout: { environment: { NODE_OPTIONS: OPTIONS } } };
  expect(read(join(ROOT, 'docker/compose.yml'))).toMatchObject({ services });
});
