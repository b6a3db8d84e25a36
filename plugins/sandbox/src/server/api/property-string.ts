import type { ConfigValue } from '../state/model.js';
import type { SubParam } from './types.js';
import { valueError } from './schema.js';

export type Properties = Record<string, ConfigValue>;

/** Reads `key=value,key=value` by its schema, with PVE's error texts. */
export function parsePropertyString(
  schema: Readonly<Record<string, SubParam>>,
  text: string,
): Properties {
  const raw: Record<string, string> = {};
  const defaultKey = Object.keys(schema).find((key) => schema[key]?.default_key === 1);
  for (const part of text.split(',')) {
    if (/^\s*$/.test(part)) continue;
    const match = /^([^=]+)=(.*)$/s.exec(part);
    if (!match) {
      if (defaultKey === undefined)
        throw new Error('value without key, but schema does not define a default key');
      if (defaultKey in raw)
        throw new Error(`duplicate key in comma-separated list property: ${defaultKey}`);
      raw[defaultKey] = part;
      continue;
    }
    const [, name, value] = match as unknown as [string, string, string];
    const { alias, keyAlias } = schema[name] ?? {};
    if (keyAlias !== undefined) raw[keyAlias] = name;
    const key = alias ?? name;
    if (key in raw) throw new Error(`duplicate key in comma-separated list property: ${key}`);
    raw[key] = value;
  }
  const result: Properties = {};
  const errors: string[] = [];
  for (const [key, value] of Object.entries(raw)) {
    const part = schema[key];
    if (!part?.type) {
      errors.push(
        `${key}: property is not defined in schema and the schema does not allow additional properties`,
      );
      continue;
    }
    const checked = valueError({ ...part, type: part.type }, value);
    if ('error' in checked) errors.push(`${key}: ${checked.error.trimEnd()}`);
    else if (typeof checked.value !== 'object') result[key] = checked.value;
  }
  for (const [key, part] of Object.entries(schema)) {
    if (part.type && !part.optional && !(key in raw))
      errors.push(`${key}: property is missing and it is not optional`);
  }
  if (errors.length > 0) throw new PropertyStringError(errors);
  return result;
}

/** Several things are wrong inside a property string; PVE puts the parameter's name before each. */
export class PropertyStringError extends Error {
  readonly details: readonly string[];

  constructor(details: readonly string[]) {
    super(`format error\n${details.join('\n')}`);
    this.details = details;
  }

  /** The text with the parameter's name, as it stands in `errors`. */
  forParameter(name: string): string {
    return `format error\n${this.details.map((line) => `${name}.${line}`).join('\n')}`;
  }
}

/** Writes a property string: the main key first, without its name, then the others in alphabetical order. */
export function printPropertyString(properties: Properties, mainKey: string): string {
  const rest = Object.keys(properties)
    .filter((key) => key !== mainKey)
    .sort();
  return [
    String(properties[mainKey]),
    ...rest.map((key) => `${key}=${String(properties[key])}`),
  ].join(',');
}
