/** Grafana's names of units. */
export type Unit = 's' | 'short' | 'reqps' | 'ops' | 'bytes' | 'percentunit';

export interface Query {
  /** PromQL; `$namespace` is the dashboard's choice. */
  expr: string;
  legend: string;
}

export interface Panel {
  title: string;
  /** What a reader should think when it moves. */
  description: string;
  unit: Unit;
  kind?: 'timeseries' | 'stat' | 'table';
  /** Of 24 columns. */
  width?: 6 | 8 | 12 | 24;
  queries: Query[];
}

export interface Dashboard {
  /** File name and Grafana's uid. */
  name: string;
  title: string;
  description: string;
  panels: Panel[];
}

const HEIGHT = 8;
const SCHEMA_VERSION = 39;

/** The JSON that Grafana imports. */
export function toGrafana({ name, title, description, panels }: Dashboard): object {
  let [x, y] = [0, 0];
  const placed = panels.map((panel, index) => {
    const width = panel.width ?? 12;
    if (x + width > 24) [x, y] = [0, y + HEIGHT];
    const gridPos = { x, y, w: width, h: HEIGHT };
    x += width;
    return toPanel(panel, index + 1, gridPos);
  });
  return {
    uid: name,
    title,
    description,
    tags: ['claimwire'],
    schemaVersion: SCHEMA_VERSION,
    editable: false,
    time: { from: 'now-3h', to: 'now' },
    refresh: '30s',
    templating: { list: [DATASOURCE, NAMESPACE] },
    panels: placed,
  };
}

const DATASOURCE = { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' };
const NAMESPACE = {
  name: 'namespace',
  type: 'query',
  label: 'Namespace',
  datasource: { type: 'prometheus', uid: '${datasource}' },
  query: 'label_values(claimwire_lag_last_success_timestamp_seconds, namespace)',
  includeAll: true,
  allValue: '.*',
  refresh: 2,
};

function toPanel(
  { title, description, unit, kind = 'timeseries', queries }: Panel,
  id: number,
  gridPos: object,
): object {
  return {
    id,
    type: kind,
    title,
    description,
    gridPos,
    datasource: { type: 'prometheus', uid: '${datasource}' },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      expr,
      legendFormat: legend,
      ...(kind === 'table' ? { format: 'table', instant: true } : {}),
    })),
  };
}

/** p50 and p99 of a histogram, by a label where one is given. */
export function quantiles(metric: string, by?: string): Query[] {
  const labels = ['le', ...(by ? [by] : [])].join(', ');
  return [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${labels}) (rate(${metric}_bucket{namespace=~"$namespace"}[5m])))`,
    legend: `p${quantile * 100}${by ? ` {{${by}}}` : ''}`,
  }));
}

/** Events per second, by labels. */
export const rate = (metric: string, by: string): Query => ({
  expr: `sum by (${by}) (rate(${metric}{namespace=~"$namespace"}[5m]))`,
  legend: by
    .split(', ')
    .map((label) => `{{${label}}}`)
    .join(' '),
});

/** A gauge that every replica shows alike. */
export const greatest = (metric: string, by = ''): Query => ({
  expr: `max${by ? ` by (${by})` : ''} (${metric}{namespace=~"$namespace"})`,
  legend: by ? `{{${by}}}` : metric.replace(/^claimwire_/, ''),
});
