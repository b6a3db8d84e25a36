import { RequestError } from '@pmx-cli/kit/errors';

import {
  loadSchema,
  type Schema,
  type SchemaName,
  schemaRelease,
  typesInWords,
} from '../../cloudinit/index.js';
import { closest } from '../../inventory/closest.js';

export interface SchemaKey {
  name: string;
  /** In words: "a list or a text". */
  type: string;
  required: boolean;
  deprecated: boolean;
  description: string | null;
}

export interface SchemaView {
  /** Release of cloud-init. */
  release: string;
  schema: SchemaName;
  /** `users`, `ntp.servers`; null for the whole. */
  path: string | null;
  type: string;
  description: string | null;
  keys: SchemaKey[];
  /** As JSON schema, with what it refers to filled in. */
  definition: { [keyword: string]: unknown };
}

/**
 * A part of cloud-init's own schema, by the names of its keys.
 * @throws RequestError `PMX_CLOUDINIT_KEY_UNKNOWN`
 */
export async function schemaAt(name: SchemaName, path: string | undefined): Promise<SchemaView> {
  const root = await loadSchema(name);
  let at = root;
  const walked: string[] = [];
  for (const word of path?.split('.') ?? []) {
    const keys = keysOf(root, at);
    const next = keys.get(word);
    if (!next) throw unknownKey(word, walked, [...keys.keys()]);
    walked.push(word);
    at = next.schema;
  }
  const keys = [...keysOf(root, at)].map(([key, { schema, required }]): SchemaKey => ({
    name: key,
    type: typesOf(root, schema),
    required,
    deprecated: variants(root, schema).every((one) => one.deprecated === true),
    description: descriptionOf(root, schema),
  }));
  return {
    release: schemaRelease,
    schema: name,
    path: path ?? null,
    type: typesOf(root, at),
    description: descriptionOf(root, at),
    keys: keys.sort((a, b) => (a.name < b.name ? -1 : 1)),
    definition: filledIn(root, at, []) as SchemaView['definition'],
  };
}

/** The schema itself, and all that it may be instead or besides. */
function variants(root: Schema, schema: Schema, depth = 0): Schema[] {
  if (depth > 12) return [];
  const inner = [
    ...(schema.$ref === undefined ? [] : [referred(root, schema.$ref)]),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
  ];
  return [schema, ...inner.flatMap((one) => variants(root, one, depth + 1))];
}

function referred(root: Schema, ref: string): Schema {
  return root.$defs?.[ref.replace('#/$defs/', '')] ?? {};
}

/** Keys of a mapping, or of the mappings in a list. */
function keysOf(root: Schema, schema: Schema): Map<string, { schema: Schema; required: boolean }> {
  const keys = new Map<string, { schema: Schema; required: boolean }>();
  const all = variants(root, schema);
  const inLists = all.flatMap(({ items }) => (items ? variants(root, items) : []));
  for (const { properties, required } of [...all, ...inLists]) {
    for (const [key, value] of Object.entries(properties ?? {})) {
      const known = keys.get(key);
      // At the top cloud-init lists all keys once more, with nothing behind them.
      if (known && Object.keys(value).length === 0) continue;
      const better = known && Object.keys(known.schema).length > 0 ? known.schema : value;
      keys.set(key, {
        schema: better,
        required: known?.required === true || required?.includes(key) === true,
      });
    }
  }
  return keys;
}

function typesOf(root: Schema, schema: Schema): string {
  const all = variants(root, schema);
  const types = new Set(
    all.flatMap(({ type, enum: words, items, properties }) =>
      type === undefined
        ? Array.isArray(words)
          ? words.map((word) => (typeof word === 'string' ? 'string' : typeof word))
          : items
            ? ['array']
            : properties
              ? ['object']
              : []
        : [type].flat(),
    ),
  );
  const choices = all.flatMap(({ enum: words }) => (Array.isArray(words) ? words : []));
  const words = typesInWords([...types]);
  return choices.length > 0 && choices.length <= 8
    ? `${words}: ${[...new Set(choices.map(String))].join(', ')}`
    : words;
}

function descriptionOf(root: Schema, schema: Schema): string | null {
  return variants(root, schema).find((one) => one.description !== undefined)?.description ?? null;
}

function filledIn(root: Schema, value: unknown, open: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => filledIn(root, one, open));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, $defs: _, ...rest } = value as Schema;
  const own = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [key, filledIn(root, inner, open)]),
  );
  if (typeof $ref !== 'string' || open.includes($ref)) return own;
  return {
    ...(filledIn(root, referred(root, $ref), [...open, $ref]) as object),
    ...own,
  };
}

function unknownKey(
  word: string,
  walked: readonly string[],
  known: readonly string[],
): RequestError {
  const offers = closest(word, known).map((offer) => [...walked, offer].join('.'));
  return new RequestError({
    code: 'PMX_CLOUDINIT_KEY_UNKNOWN',
    message: `cloud-init has no key '${[...walked, word].join('.')}'.`,
    hints: [
      ...(offers.length > 0 ? [`Did you mean ${offers.join(' or ')}?`] : []),
      walked.length === 0
        ? 'See all keys: pmx cloudinit schema'
        : `See what is there: pmx cloudinit schema ${walked.join('.')}`,
    ],
  });
}
