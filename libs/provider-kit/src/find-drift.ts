import { isObject, type JsonObject } from './json.js';
import type { KnownFields } from './provider.js';

/** "field": a member that is not documented; "word": a value that is not one of the documented ones. */
export type DriftKind = 'field' | 'word';

/** Gets the dotted path, `[]` for array items, names that look like data masked as `*`. Never a value. */
export type ReportDrift = (kind: DriftKind, path: string) => void;

/** A documented object or leaf; an array and its items share one node. */
interface FieldNode {
  path: string;
  members: Map<string, FieldNode>;
  words: ReadonlySet<string> | undefined;
}

/** KnownFields made quick to walk. */
export type FieldTree = FieldNode;

const MAX_DEPTH = 16;
/** Members looked at in one body: a body of a million would cost more than the report is worth. */
const MAX_MEMBERS = 2_000;
/** Beyond so many in one object their names are most likely keys of a map: data. */
const MAX_UNKNOWN_NAMES = 20;

export function compileFields({ paths, words }: KnownFields): FieldTree {
  const root: FieldNode = { path: '', members: new Map(), words: undefined };
  for (const path of paths) {
    let node = root;
    let at = '';
    for (const segment of path.split('.')) {
      at = at === '' ? segment : `${at}.${segment}`;
      const name = segment.replace(/(\[\])+$/, '');
      const memberPath = at.replace(/(\[\])+$/, '');
      let member = node.members.get(name);
      if (!member) {
        member = { path: memberPath, members: new Map(), words: words.get(memberPath) };
        node.members.set(name, member);
      }
      node = member;
    }
  }
  return root;
}

/** Walks a body once and reports what its provider does not document. Bounded in depth and members. */
export function findDrift(tree: FieldTree, body: JsonObject, report: ReportDrift): void {
  walkObject(tree, body, '', { report, membersLeft: MAX_MEMBERS }, 0);
}

interface Walk {
  report: ReportDrift;
  membersLeft: number;
}

function walkObject(node: FieldNode, value: JsonObject, items: string, walk: Walk, depth: number): void {
  let unknownNames = 0;
  for (const name in value) {
    if ((walk.membersLeft -= 1) < 0) return;
    const member = node.members.get(name);
    if (member) walkMember(member, value[name], walk, depth);
    else {
      const shown = (unknownNames += 1) > MAX_UNKNOWN_NAMES ? '*' : maskName(name);
      walk.report('field', node.path === '' ? shown : `${node.path}${items}.${shown}`);
    }
  }
}

function walkMember(member: FieldNode, value: unknown, walk: Walk, depth: number): void {
  if (Array.isArray(value)) return walkItems(member, value, walk, depth);
  if (isObject(value)) {
    if (depth < MAX_DEPTH) walkObject(member, value, '', walk, depth + 1);
  } else if (member.words && !isDocumented(member.words, value)) walk.report('word', member.path);
}

/** A number stands for its digits; null says that there is no word. */
function isDocumented(words: ReadonlySet<string>, value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' ? words.has(String(value)) : value === null;
}

function walkItems(member: FieldNode, list: readonly unknown[], walk: Walk, depth: number): void {
  if (depth >= MAX_DEPTH) return;
  for (const item of list) {
    if (walk.membersLeft <= 0) return;
    if (isObject(item)) walkObject(member, item, '[]', walk, depth + 1);
  }
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/;
const LONG_HEX = /^[0-9a-f-]{12,}$/i;
const MANY_DIGITS = /(\d\D*){4}/;

/** A member's name can be personal too, where a provider keys an object by ids or dates: such a name is shown as `*`. */
export function maskName(name: string): string {
  const isName = IDENTIFIER.test(name) && !LONG_HEX.test(name) && !MANY_DIGITS.test(name);
  return isName ? name : '*';
}
