import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

import { parseMemory } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../../inventory/closest.js';
import type { Settings } from './document.js';
import { type Field, type Fields, ruleOf } from './field.js';

/** Where in a file something stands, in words; and variables for what is written as `${NAME}`. */
export interface Source {
  at(node: unknown): string;
  text(value: string, node: unknown): string;
}

const secrets = /^(?:ci)?pass(?:word|phrase)?$|secret|^token$/i;

/**
 * A mapping against its table: unknown keys, wrong types and secrets are told with line and column.
 * @throws RequestError `PMX_INVALID_MANIFEST`, `PMX_SECRET_IN_MANIFEST`
 */
export function checkMapping(
  node: unknown,
  fields: Fields,
  path: string,
  source: Source,
): Settings {
  if (node === null || (isScalar(node) && node.value === null)) return {};
  if (!isMap(node)) throw refuse(source, node, `${path}: it must be a mapping`);
  const result: Settings = {};
  for (const { key, value } of pairsOf(node)) {
    const name = keyOf(key);
    const field = Object.hasOwn(fields, name) ? fields[name]! : undefined;
    if (!field) throw unknownKey(source, key, name, path, Object.keys(fields));
    if (value !== null) result[name] = checkValue(value, field, `${path}.${name}`, source);
  }
  return result;
}

function checkValue(node: unknown, field: Field, path: string, source: Source): unknown {
  if (isScalar(node) && node.value === null) {
    if (field.nullable) return null;
    throw refuse(source, node, `${path} is empty: ${ruleOf(field)}`);
  }
  if (field.type === 'object' || field.type === 'table')
    return checkCompound(node, field, path, source);
  if (field.type === 'list') {
    if (!isSeq(node)) throw refuse(source, node, `${path}: ${ruleOf(field)}`);
    return node.items.map((item) => checkScalar(item, { ...field, type: 'text' }, path, source));
  }
  return checkScalar(node, field, path, source);
}

function checkCompound(node: unknown, field: Field, path: string, source: Source): unknown {
  if (field.type === 'object') {
    if (field.short !== undefined && isScalar(node)) return textOf(node, source);
    return checkMapping(node, field.fields!, path, source);
  }
  if (!isMap(node))
    throw refuse(source, node, `${path}: ${ruleOf({ ...field, rule: undefined! })}`);
  const entries: Settings = {};
  for (const { key, value } of pairsOf(node)) {
    const name = keyOf(key);
    if (!field.keys!.test(name))
      throw refuse(source, key, `${path}.${name}: ${field.rule ?? 'unknown key'}`);
    const isNull = value === null || (isScalar(value) && value.value === null);
    if (isNull) entries[name] = null;
    else if (field.short !== undefined && isScalar(value)) entries[name] = textOf(value, source);
    else entries[name] = checkMapping(value, field.fields!, `${path}.${name}`, source);
  }
  return entries;
}

function checkScalar(node: unknown, field: Field, path: string, source: Source): unknown {
  if (!isScalar(node)) throw refuse(source, node, `${path}: ${ruleOf(field)}`);
  const raw = typeof node.value === 'string' ? source.text(node.value, node) : node.value;
  const value = convert(raw, field);
  if (value !== undefined) return value;
  const shown = String(raw);
  const offers = field.choices ? closest(shown, field.choices) : [];
  throw refuse(
    source,
    node,
    `${path} '${shown}' is not valid: ${ruleOf(field)}`,
    ...offers.slice(0, 1).map((offer) => `Did you mean '${offer}'?`),
    `For example: ${path.slice(path.lastIndexOf('.') + 1)}: ${JSON.stringify(field.example)}`,
  );
}

function convert(raw: unknown, field: Field): unknown {
  switch (field.type) {
    case 'integer': {
      const number = typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : raw;
      const fits =
        typeof number === 'number' &&
        Number.isInteger(number) &&
        number >= field.min! &&
        number <= field.max!;
      return fits ? number : undefined;
    }
    case 'boolean':
      if (typeof raw === 'boolean') return raw;
      return raw === 'true' ? true : raw === 'false' ? false : undefined;
    case 'memory':
      return memoryOf(raw, field.min === 0);
    case 'choice':
      return field.choices!.includes(String(raw)) ? String(raw) : undefined;
    default:
      if (typeof raw !== 'string' && typeof raw !== 'number') return undefined;
      return (field.pattern?.test(String(raw)) ?? true) ? String(raw) : undefined;
  }
}

function memoryOf(raw: unknown, zero: boolean): number | undefined {
  if (zero && Number(raw) === 0) return 0;
  try {
    return parseMemory(String(raw));
  } catch (error) {
    if (isPmxError(error)) return undefined;
    throw error;
  }
}

function textOf(node: { value?: unknown }, source: Source): string {
  return typeof node.value === 'string' ? source.text(node.value, node) : String(node.value);
}

function pairsOf(map: YAMLMap): Array<{ key: Node; value: Node | null }> {
  return (map.items as Array<Pair<Node, Node | null>>).map(({ key, value }) => ({ key, value }));
}

function keyOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : '';
}

function unknownKey(
  source: Source,
  node: unknown,
  name: string,
  path: string,
  known: readonly string[],
): RequestError {
  if (secrets.test(name)) {
    return new RequestError({
      code: 'PMX_SECRET_IN_MANIFEST',
      message: `${source.at(node)}: ${path}.${name}: secrets are no part of a document.`,
      hints: [
        'Use SSH keys: cloudInit.sshKeys, or sshKeys of a container.',
        'Or set a password afterwards: pmx vm set NAME --cipassword-stdin',
      ],
    });
  }
  const [offer] = closest(name, known);
  return refuse(
    source,
    node,
    `${path} has no field '${name}'`,
    offer === undefined ? `There are: ${known.join(', ')}.` : `Did you mean '${offer}'?`,
  );
}

export function refuse(
  source: Source,
  node: unknown,
  what: string,
  ...hints: string[]
): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_MANIFEST',
    message: `${source.at(node)}: ${what}.`,
    hints: [...hints, 'docs/manifests.md lists all fields; nothing was changed.'],
  });
}
