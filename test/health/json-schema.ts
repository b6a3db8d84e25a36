import { readFileSync } from 'node:fs';

/** The part of JSON Schema (draft 2020-12) that scripts/generate/output-schemas.js writes. */
export interface JsonSchema {
  $schema?: string;
  $defs?: Record<string, JsonSchema>;
  $ref?: string;
  title?: string;
  description?: string;
  type?: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

const keywords = new Set([
  ...['$schema', '$defs', '$ref', 'title', 'description', 'type', 'const', 'enum', 'properties'],
  ...['required', 'additionalProperties', 'items', 'prefixItems', 'anyOf', 'allOf'],
]);

const prefix = '#/$defs/';

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/**
 * What of `value` is not as the schema has it, each with its place; none when it is valid.
 * @throws for a schema with a keyword or reference that this does not know
 */
export function violations(
  schema: JsonSchema,
  value: unknown,
  root: JsonSchema = schema,
  at = '$',
): string[] {
  const unknown = Object.keys(schema).find((key) => !keywords.has(key));
  if (unknown !== undefined) throw new Error(`${at}: unknown keyword ${unknown}`);
  const inner = (one: JsonSchema, item: unknown, place = at): string[] =>
    violations(one, item, root, place);
  return [
    ...(schema.$ref === undefined ? [] : ofReference(schema.$ref, value, root, at)),
    ...ofValue(schema, value).map((problem) => `${at} ${problem}`),
    ...(schema.allOf ?? []).flatMap((one) => inner(one, value)),
    ...ofAny(schema.anyOf, at, (one) => inner(one, value)),
    ...(Array.isArray(value) ? ofItems(schema, value, at, inner) : []),
    ...(typeOf(value) === 'object'
      ? ofFields(schema, value as Record<string, unknown>, at, inner)
      : []),
  ];
}

function ofReference(reference: string, value: unknown, root: JsonSchema, at: string): string[] {
  if (/^[\w-]+\.json$/.test(reference)) {
    const other = fileOf(reference);
    return violations(other, value, other, at);
  }
  return violations(resolve(reference, root), value, root, at);
}

type Inner = (schema: JsonSchema, value: unknown, place: string) => string[];

/** The files beside one another refer to each other by name. */
function fileOf(name: string): JsonSchema {
  const folder = new URL('../../schemas/output/', import.meta.url);
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as JsonSchema;
}

function resolve(reference: string, root: JsonSchema): JsonSchema {
  const found = reference.startsWith(prefix) && root.$defs?.[reference.slice(prefix.length)];
  if (!found) throw new Error(`nothing at ${reference}`);
  return found;
}

function ofValue(schema: JsonSchema, value: unknown): string[] {
  const problems: string[] = [];
  if (schema.type !== undefined && typeOf(value) !== schema.type)
    problems.push(`is ${typeOf(value)}, not ${schema.type}`);
  if ('const' in schema && value !== schema.const)
    problems.push(`is ${JSON.stringify(value)}, not ${JSON.stringify(schema.const)}`);
  if (schema.enum && !schema.enum.includes(value))
    problems.push(`is ${JSON.stringify(value)}, none of ${JSON.stringify(schema.enum)}`);
  return problems;
}

function ofAny(
  schemas: JsonSchema[] | undefined,
  at: string,
  check: (schema: JsonSchema) => string[],
): string[] {
  if (!schemas) return [];
  const tried = schemas.map(check);
  if (tried.some((problems) => problems.length === 0)) return [];
  return [`${at} fits nothing of anyOf: (${tried.map((one) => one.join('; ')).join(') (')})`];
}

function ofItems(
  { items, prefixItems = [] }: JsonSchema,
  values: unknown[],
  at: string,
  inner: Inner,
): string[] {
  return values.flatMap((value, index) => {
    const schema = prefixItems[index] ?? items;
    return schema ? inner(schema, value, `${at}[${index}]`) : [];
  });
}

function ofFields(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  value: Record<string, unknown>,
  at: string,
  inner: Inner,
): string[] {
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  const wrong = Object.entries(value).flatMap(([name, field]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    return schema ? inner(schema, field, `${at}.${name}`) : [];
  });
  return [...missing.map((name) => `${at}.${name} is missing`), ...wrong];
}
