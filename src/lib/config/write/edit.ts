import type { Json } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';
import type { Document, YAMLMap } from 'yaml';

import { canonicalName, isMapping, type Mapping } from '../files/canonical.js';
import { formatOf, parseJson } from '../files/read-file.js';
import { parseYaml } from '../files/yaml.js';

/** Sets a value, renames a key, or takes it out. */
export interface Edit {
  path: readonly string[];
  value?: Json | undefined;
  /** The key's new name; its value and its comments stay. */
  rename?: string;
}

/** A configuration's text with edits applied; comments and order stay. */
export async function editText(
  path: string,
  text: string,
  edits: readonly Edit[],
): Promise<string> {
  switch (formatOf(path)) {
    case 'yaml':
      return editYaml(path, text, edits);
    case 'json': {
      const data = parseJson(path, text);
      for (const edit of edits) editMapping(data, edit);
      return `${JSON.stringify(data, undefined, 2)}\n`;
    }
    case 'conf':
      throw new RequestError({
        code: 'PMX_CONFIG_READ_ONLY_FORMAT',
        message: `${path} has the older tools' format, which pmx reads but does not write.`,
        hints: ['Put a .pmx.yaml beside it, or edit it by hand.'],
      });
  }
}

async function editYaml(path: string, text: string, edits: readonly Edit[]): Promise<string> {
  const document = await parseYaml(path, text);
  if (document.contents === null) document.contents = document.createNode({}) as never;
  for (const { path: keys, value, rename } of edits) {
    const spelled = spelling(document, keys);
    if (rename !== undefined) {
      renameKey(document, spelled, rename);
      continue;
    }
    if (value === undefined) {
      if (document.hasIn(spelled)) document.deleteIn(spelled);
      continue;
    }
    // An empty `contexts:` is null, which nothing can be put into.
    for (let depth = 1; depth < spelled.length; depth++) {
      const parent = spelled.slice(0, depth);
      if (document.getIn(parent) === null) document.deleteIn(parent);
    }
    const before = document.getIn(spelled, true) as { value?: unknown } | undefined;
    // In place of a plain value, so that the comment behind it stays.
    if (before && 'value' in before && typeof value !== 'object') before.value = value;
    else document.setIn(spelled, document.createNode(value));
  }
  return document.toString({ lineWidth: 0 });
}

function renameKey(document: Document, path: readonly string[], name: string): void {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  for (const { key } of (parent as YAMLMap).items) {
    if (nameOf(key) === path.at(-1)) (key as { value: unknown }).value = name;
  }
}

/** `currentContext` where the file says `current-context`. */
function spelling(document: Document, keys: readonly string[]): string[] {
  const result: string[] = [];
  for (const key of keys) {
    const parent = (result.length === 0 ? document.contents : document.getIn(result, true)) as
      YAMLMap | undefined;
    const names = (parent?.items ?? []).map((pair) => nameOf(pair.key));
    result.push(
      names.includes(key) ? key : (names.find((name) => canonicalName(name) === key) ?? key),
    );
  }
  return result;
}

function nameOf(key: unknown): string {
  return String((key as { value?: unknown } | null)?.value ?? key);
}

function editMapping(data: Mapping, { path, value, rename }: Edit): void {
  let parent = data;
  for (const key of path.slice(0, -1)) {
    const name = spelledIn(parent, key);
    if (!Object.hasOwn(parent, name) || !isMapping(parent[name])) {
      if (value === undefined) return;
      define(parent, name, {});
    }
    parent = parent[name] as Mapping;
  }
  const last = spelledIn(parent, path.at(-1)!);
  if (rename !== undefined) {
    define(parent, rename, parent[last]);
    delete parent[last];
  } else if (value === undefined) delete parent[last];
  else define(parent, last, value);
}

/** `__proto__` is a name like any other. */
function define(parent: Mapping, name: string, value: unknown): void {
  Object.defineProperty(parent, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function spelledIn(parent: Mapping, key: string): string {
  if (Object.hasOwn(parent, key)) return key;
  return Object.keys(parent).find((name) => canonicalName(name) === key) ?? key;
}
