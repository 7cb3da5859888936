/** A node of a plan by `explain (analyze, format json)`; PostgreSQL's names. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  /** Of one loop, on average. */
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

interface Explained {
  'QUERY PLAN': { Plan: PlanNode }[];
}

/** A pool or one of its clients. */
interface Explainer {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

const withInner = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(withInner)];

/** Carries a statement out. @returns how it was done: all nodes of its plan, the outer ones before those in them */
export async function explain(on: Explainer, text: string, values: unknown[] = []): Promise<PlanNode[]> {
  const { rows } = await on.query(`explain (analyze, timing off, format json) ${text}`, values);
  return (rows as Explained[]).flatMap(({ 'QUERY PLAN': plans }) => plans.flatMap(({ Plan }) => withInner(Plan)));
}

/** By one node, those that a filter threw away included. */
export const rowsRead = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];

/** By all scans of a table. */
export function rowsScanned(nodes: readonly PlanNode[], table: string): number {
  const scans = nodes.filter((node) => node['Relation Name'] === table && node['Node Type'].endsWith('Scan'));
  return scans.reduce((sum, scan) => sum + rowsRead(scan), 0);
}
