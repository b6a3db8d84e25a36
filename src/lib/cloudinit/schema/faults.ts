import type * as YamlModule from 'yaml';
import type { Document, LineCounter, Node, Pair } from 'yaml';

import { closest } from '../../inventory/closest.js';
import type { Violation } from './validator.js';

/** Something in a file that a guest would not take, or not for long. Never quotes a value: it may be a secret. */
export interface Fault {
  severity: 'error' | 'warning';
  /** Counted from 1; null for the file as a whole. */
  line: number | null;
  column: number | null;
  /** `users[0].sudo`; empty for the top. */
  path: string;
  rule: string;
  message: string;
  /** What to do, where there is something to say. */
  remedy: string | null;
}

/** Faults with their places in the text. */
export async function faultsOf(
  violations: { errors: readonly Violation[]; deprecated: readonly Violation[] },
  document: Document,
  lines: LineCounter,
): Promise<Fault[]> {
  const yaml = await import('yaml');
  const place = (one: Violation): Pick<Fault, 'line' | 'column' | 'path'> => {
    const names = one.pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const extra = one.params['additionalProperty'];
    if (extra !== undefined) names.push(String(extra));
    const node = nodeAt(yaml, document, names, extra !== undefined);
    const offset = node?.range?.[0];
    const { line, col } = offset === undefined ? { line: null, col: null } : lines.linePos(offset);
    return { line, column: col, path: pathInWords(names) };
  };
  return [
    ...violations.errors.map((one): Fault => ({
      severity: 'error',
      ...place(one),
      rule: one.keyword,
      ...inWords(one),
    })),
    ...violations.deprecated.map((one): Fault => ({
      severity: 'warning',
      ...place(one),
      rule: 'deprecated',
      message: `is out of date${since(one)}`,
      remedy: one.schema.deprecated_description ?? null,
    })),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function since({ schema }: Violation): string {
  return schema.deprecated_version === undefined
    ? ''
    : ` since cloud-init ${schema.deprecated_version}`;
}

/** The deepest node on the way; for keys that should not be there, the key itself. */
function nodeAt(
  yaml: typeof YamlModule,
  document: Document,
  names: readonly string[],
  key: boolean,
): Node | undefined {
  let node = document.contents as Node | null;
  for (const [index, name] of names.entries()) {
    const inner = yaml.isAlias(node) ? node.resolve(document) : node;
    if (yaml.isMap(inner)) {
      const pair: Pair | undefined = inner.items.find(
        (item) => String(yaml.isScalar(item.key) ? item.key.value : item.key) === name,
      );
      if (!pair) break;
      const last = index === names.length - 1;
      const next = (key && last) || pair.value === null ? pair.key : pair.value;
      node = next as Node;
    } else if (yaml.isSeq(inner)) {
      const next = inner.items[Number(name)] as Node | undefined;
      if (!next) break;
      node = next;
    } else break;
  }
  return node ?? undefined;
}

function pathInWords(names: readonly string[]): string {
  return names
    .map((name, index) => (/^\d+$/.test(name) ? `[${name}]` : index === 0 ? name : `.${name}`))
    .join('');
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'nothing',
};

/** As a person says it: "must be a list or a text". */
export function typesInWords(types: string | readonly string[]): string {
  const names = [types].flat().map((type) => typeNames[type] ?? type);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function inWords({
  keyword,
  params,
  scalar,
  schema,
}: Violation): Pick<Fault, 'message' | 'remedy'> {
  const say = (message: string, remedy: string | null = null) => ({ message, remedy });
  switch (keyword) {
    case 'type': {
      const types = [params['type'] as string | string[]].flat();
      return say(
        `must be ${typesInWords(types)}`,
        scalar && types.includes('string')
          ? 'Numbers, dates, yes and no are text only in quotes.'
          : null,
      );
    }
    case 'enum':
      return say(`must be one of ${words(params['allowedValues'] as unknown[])}`);
    case 'const':
      return say(`must be ${String(params['allowedValue'])}`);
    case 'required':
      return say(`needs ${String(params['missingProperty'])}`);
    case 'additionalProperties': {
      const known = Object.keys(schema.properties ?? {});
      const offers = closest(String(params['additionalProperty']), known);
      return say(
        'is no key that cloud-init knows here',
        offers.length > 0
          ? `Did you mean ${offers.join(' or ')}?`
          : known.length > 0 && known.length <= 20
            ? `Known here: ${known.join(', ')}`
            : null,
      );
    }
    case 'minItems':
      return say(`needs ${Number(params['limit'])} or more entries`);
    case 'maxItems':
    case 'additionalItems':
      return say(`must have at most ${Number(params['limit'])} entries`);
    case 'minProperties':
      return say(`needs ${Number(params['limit'])} or more keys`);
    case 'uniqueItems':
      return say('has the same entry twice');
    case 'pattern':
      return say(`must match ${String(params['pattern'])}`);
    case 'format':
      return say(`must be a ${String(params['format'])}`);
    case 'minimum':
      return say(`must be ${Number(params['limit'])} or more`);
    case 'oneOf':
      return say('fits more than one of the forms that it may have');
    case 'not':
      return say('has keys that exclude each other');
    default:
      return say(`breaks the rule ${keyword}`);
  }
}

function words(values: readonly unknown[]): string {
  return values.map((value) => (value === null ? 'null' : String(value))).join(', ');
}
