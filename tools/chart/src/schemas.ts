import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { goModule } from './go-tools.js';

const KUBERNETES = 'k8s.io/kubernetes@v1.34.2';
/** Modules with the CRDs of the operators that the chart can use, and where in them. */
const CRDS = [
  ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases'],
  ['github.com/prometheus-operator/prometheus-operator@v0.85.0', 'example/prometheus-operator-crd'],
  ['github.com/external-secrets/external-secrets@v1.3.2', 'config/crds/bases'],
] as const;

interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: boolean | Schema;
  oneOf?: Schema[];
  allOf?: Schema[];
  anyOf?: Schema[];
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
}

interface Crd {
  kind: 'CustomResourceDefinition';
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
  };
}

/**
 * Strict JSON Schemas of Kubernetes and the operators, cut from their own sources, as kubeconform looks for them:
 * `<kind>-<first part of the group>-<version>.json`. Made once and kept.
 * @returns the folder. @throws MissingToolError
 */
export async function kubernetesSchemas(cache: string, say: (line: string) => void): Promise<string> {
  const folder = join(cache, `schemas-${KUBERNETES.split('@')[1]}`);
  if (existsSync(folder)) return folder;
  say('cutting schemas from the sources of Kubernetes and its operators, once');
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await cutKubernetes(await goModule(KUBERNETES), draft);
    for (const [module, path] of CRDS) await cutCrds(join(await goModule(module), path), draft);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

async function cutKubernetes(source: string, folder: string): Promise<void> {
  const text = await readFile(join(source, 'api/openapi-spec/swagger.json'), 'utf8');
  const { definitions } = JSON.parse(text) as { definitions: Record<string, Schema> };
  // The two types that the generator writes as strings although the API takes more.
  definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  definitions['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { oneOf: [{ type: 'string' }, { type: 'number' }] };
  await writeFile(join(folder, '_definitions.json'), JSON.stringify({ definitions: mapValues(definitions, strict) }));
  for (const [name, schema] of Object.entries(definitions)) {
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
      const of = { $ref: `_definitions.json#/definitions/${name}` };
      await writeFile(join(folder, fileName(kind, group, version)), JSON.stringify(of));
    }
  }
}

async function cutCrds(source: string, folder: string): Promise<void> {
  for (const file of await readdir(source)) {
    if (!file.endsWith('.yaml')) continue;
    for (const { spec } of readCrds(await readFile(join(source, file), 'utf8'))) {
      for (const { name, schema } of spec.versions) {
        const cut = JSON.stringify(strict(schema.openAPIV3Schema));
        await writeFile(join(folder, fileName(spec.names.kind, spec.group, name)), cut);
      }
    }
  }
}

const readCrds = (text: string): Crd[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Crd | { kind?: string } | null)
    .filter((resource): resource is Crd => resource?.kind === 'CustomResourceDefinition');

const fileName = (kind: string, group: string, version: string): string =>
  `${[kind.toLowerCase(), ...(group ? [group.split('.')[0]] : []), version].join('-')}.json`;

/** A field that nobody knows is a typo: the API server would drop it without a word. */
export function strict(schema: Schema): Schema {
  if (schema['x-kubernetes-int-or-string']) return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  const closed: Schema = { ...schema };
  if (schema.properties) {
    closed.properties = mapValues(schema.properties, strict);
    const open = schema.additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'];
    // The API server's own fields stand in every object, and CRDs leave metadata open.
    if (!open) closed.additionalProperties = false;
  }
  if (schema.items) closed.items = strict(schema.items);
  if (typeof schema.additionalProperties === 'object')
    closed.additionalProperties = strict(schema.additionalProperties);
  return closed;
}

const mapValues = <T>(of: Record<string, T>, map: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, map(value)]));
