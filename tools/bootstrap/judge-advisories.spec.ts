import { describe, expect, it } from 'vitest';
import { judgeAdvisories, readAdvisories } from './judge-advisories.mjs';

const NOW = new Date('2026-01-10T12:00:00Z');
const found = { id: 'https://github.com/advisories/GHSA-1', package: 'left', severity: 'high', title: 'falls over' };
const exception = { advisory: 'GHSA-1', package: 'left', reason: 'never called with input', expires: '2026-02-01' };

describe('what npm audit reports', () => {
  it('is read as one advisory per package, however many depend on it', () => {
    const via = { url: found.id, source: 1, name: 'left', severity: 'high', title: 'falls over' };
    const report = { vulnerabilities: { left: { via: [via] }, right: { via: ['left'] }, both: { via: [via] } } };
    expect(readAdvisories(report)).toEqual([found]);
    expect(readAdvisories({ vulnerabilities: {} })).toEqual([]);
  });

  it.each([[null], [{ error: { code: 'ENOTFOUND' } }], [{ message: '404' }]])('is no report: %j', (report) => {
    expect(readAdvisories(report)).toBeNull();
  });
});

describe('an advisory', () => {
  it('is open unless an exception that has not expired names it and its package', () => {
    expect(judgeAdvisories([found], [], NOW)).toMatchObject({ open: [found], problems: [] });
    expect(judgeAdvisories([found], [exception], NOW)).toMatchObject({ open: [], accepted: [found], problems: [] });
    expect(judgeAdvisories([found], [{ ...exception, package: 'other' }], NOW).open).toEqual([found]);
  });

  it('is open again on the day after the exception ends', () => {
    const last = { ...exception, expires: '2026-01-10' };
    expect(judgeAdvisories([found], [last], NOW).open).toEqual([]);
    const over = judgeAdvisories([found], [{ ...exception, expires: '2026-01-09' }], NOW);
    expect([over.open, over.problems]).toEqual([[found], [expect.stringContaining('expired on 2026-01-09')]]);
    expect(judgeAdvisories([found], [{ ...exception, expires: 'never' }], NOW).open).toEqual([found]);
  });

  it.each([
    ['has no reason', { ...exception, reason: '' }, 'reason'],
    ['lasts too long', { ...exception, expires: '2027-01-01' }, 'more than 180 days'],
    ['is needed no longer', { ...exception, advisory: 'GHSA-2' }, 'remove it'],
  ])('has a problem where its exception %s', (_, one, problem) => {
    expect(judgeAdvisories([found], [one], NOW).problems.join()).toContain(problem);
  });
});
