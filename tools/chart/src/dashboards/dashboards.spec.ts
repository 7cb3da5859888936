import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHART, ROOT } from '../paths.js';
import { DASHBOARDS } from './index.js';
import { toGrafana } from './panel.js';

const METRICS = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8');
const KNOWN = new Set([...METRICS.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name));

/** Names of our metrics in PromQL; a histogram's series count as the histogram. */
const metricsIn = (text: string): string[] =>
  [...text.matchAll(/\b(?:claimwire|kafka)_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));

describe.each(DASHBOARDS)('$title', (dashboard) => {
  it('is in the chart as it is here', () => {
    const file = join(CHART, 'dashboards', `${dashboard.name}.json`);
    const json = `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`;
    if (process.env.UPDATE_DASHBOARDS) writeFileSync(file, json);
    expect(readFileSync(file, 'utf8')).toBe(json);
  });

  it('asks only for metrics that exist', () => {
    const asked = dashboard.panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => metricsIn(expr)));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !KNOWN.has(name))).toEqual([]);
  });
});

describe('the alert rules', () => {
  const rules = readFileSync(join(CHART, 'rules/claimwire.rules.yaml'), 'utf8');

  it('ask only for metrics that exist', () => {
    expect(metricsIn(rules).filter((name) => !KNOWN.has(name))).toEqual([]);
  });

  it('link a runbook each, and every runbook has its alert', () => {
    const linked = [...rules.matchAll(/runbook_url: (\S+)/g)].map(([, path = '']) => path);
    expect(linked).toHaveLength([...rules.matchAll(/- alert:/g)].length);
    for (const path of linked) expect(readFileSync(join(ROOT, path), 'utf8')).toMatch(/^# Claimwire/);
    const overview = readFileSync(join(ROOT, 'docs/runbooks/README.md'), 'utf8');
    for (const path of linked) expect(overview).toContain(path.replace('docs/runbooks/', ''));
  });
});
