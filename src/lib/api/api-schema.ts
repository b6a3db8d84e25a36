import { isSecretName } from './secrets.js';
import type { PveClient, WriteMethod } from './types.js';

/** Part of PVE's JSON schema dialect that a call can be checked against. */
export interface ApiProperty {
  type?: string;
  /** 1 or 0; a property without it is required. */
  optional?: number | string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  /** Perl's syntax, meant anchored. */
  pattern?: string;
  /** Name of a format, or the description of a property string. */
  format?: unknown;
  /** What an array holds. */
  items?: unknown;
  /** Another parameter that must be given too. */
  requires?: string;
}

/** Who may call: an expression over privileges, or words only. Without it: root@pam alone. */
export interface ApiPermissions {
  /** `world`: without login; `all`: everybody who is logged in. */
  user?: string;
  /** `["perm", "/vms/{vmid}", ["VM.Audit"], "any", 1]`, `["and", …]`, `["or", …]`, … */
  check?: unknown;
  description?: string;
}

export interface ApiMethod {
  permissions?: ApiPermissions;
  /** 0: not with an API token. */
  allowtoken?: number | string;
  parameters?: { properties?: Record<string, ApiProperty>; additionalProperties?: unknown };
}

/** A node of the tree that the API viewer of each server shows. */
export interface ApiNode {
  path: string;
  info?: Record<string, ApiMethod>;
  children?: ApiNode[];
}

export type ApiSchema = ApiNode[];

/** Stands for a value that will be known only while the plan runs: only the name is checked. */
export const unknownValue: unique symbol = Symbol('unknown value');

export interface CheckedCall {
  method: 'GET' | WriteMethod;
  path: string;
  params?: Record<string, unknown>;
}

/**
 * The server's own description of its API, from `/pve-docs/api-viewer/apidoc.js` (no login needed).
 *
 * @returns undefined when the server has none or one that cannot be read: then go without
 */
export async function fetchApiSchema(
  client: Pick<PveClient, 'fetchDocument'>,
): Promise<ApiSchema | undefined> {
  try {
    const text = await client.fetchDocument?.('/pve-docs/api-viewer/apidoc.js');
    return text === undefined ? undefined : parseApiSchema(text);
  } catch {
    // A check that cannot be done is no reason to fail.
    return undefined;
  }
}

/** Takes the array out of `const apiSchema = [` (older: `var`); undefined when there is none. */
export function parseApiSchema(script: string): ApiSchema | undefined {
  const start = /\b(?:const|let|var)\s+apiSchema\s*=\s*(?=\[)/.exec(script);
  if (!start) return undefined;
  const from = start.index + start[0].length;
  const end = endOfArray(script, from);
  if (end === undefined) return undefined;
  try {
    const schema = JSON.parse(script.slice(from, end)) as unknown;
    return Array.isArray(schema) &&
      schema.every((node) => typeof (node as ApiNode)?.path === 'string')
      ? (schema as ApiSchema)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Index behind the bracket that closes the one at `from`; strings may hold brackets. */
function endOfArray(text: string, from: number): number | undefined {
  const token = /"(?:[^"\\]|\\.)*"|[[\]]/gs;
  token.lastIndex = from;
  let depth = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === '[') depth++;
    else if (match[0] === ']' && --depth === 0) return token.lastIndex;
  }
  return undefined;
}

/**
 * Compares a call with the description.
 *
 * @returns problems in words; empty when there are none
 */
export function checkCall(schema: ApiSchema, call: CheckedCall): string[] {
  const { method } = call;
  const found = findNode(
    schema,
    call.path
      .split('?', 1)[0]!
      .split('/')
      .filter((part) => part !== ''),
  );
  if (!found) return [`The server has no path ${call.path}.`];
  const { node, pathParams } = found;
  const info = node.info?.[method];
  if (!info) {
    const methods = Object.keys(node.info ?? {});
    return [
      `${node.path} has no ${method}${methods.length > 0 ? `, only ${methods.join(', ')}` : ''}.`,
    ];
  }
  const properties = info.parameters?.properties;
  // Without a description of parameters the server does not check them either.
  if (!properties) return [];
  const given = definedOnly(call.params);
  const all = { ...pathParams, ...given };
  const open = Number(info.parameters?.additionalProperties ?? 0) !== 0;
  return [
    ...Object.entries(all).flatMap(([name, value]) => {
      const property = propertyOf(properties, name);
      if (!property)
        return open || name in pathParams
          ? []
          : [`${name}: ${method} ${node.path} has no such parameter.`];
      return [...checkValue(name, value, property), ...checkRequires(name, property, all)];
    }),
    ...Object.entries(properties)
      .filter(
        ([name, { optional }]) =>
          Number(optional ?? 0) === 0 && !(name in all) && !name.endsWith('[n]'),
      )
      .map(([name]) => `${name}: missing, ${method} ${node.path} needs it.`),
  ];
}

/** A method of the description, with the values that the path gives to its parameters. */
export function describedMethod(
  schema: ApiSchema,
  { method, path }: Pick<CheckedCall, 'method' | 'path'>,
): { info: ApiMethod; pathParams: Record<string, unknown> } | undefined {
  const found = findNode(
    schema,
    path.split('/').filter((part) => part !== ''),
  );
  const info = found?.node.info?.[method];
  return found && info && { info, pathParams: found.pathParams };
}

function definedOnly(params: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

interface Found {
  node: ApiNode;
  pathParams: Record<string, unknown>;
}

function findNode(nodes: ApiNode[], parts: string[]): Found | undefined {
  if (parts.length === 0) return undefined;
  const [part = '', ...rest] = parts;
  const matches = nodes
    .map((node) => ({ node, segment: node.path.slice(node.path.lastIndexOf('/') + 1) }))
    .filter(({ segment }) => segment === part || segment.startsWith('{'))
    // A fixed name wins over a parameter.
    .sort((a, b) => Number(a.segment.startsWith('{')) - Number(b.segment.startsWith('{')));
  for (const { node, segment } of matches) {
    const own = segment.startsWith('{') ? { [segment.slice(1, -1)]: pathValue(part) } : {};
    if (rest.length === 0) return { node, pathParams: own };
    const below = findNode(node.children ?? [], rest);
    if (below) return { node: below.node, pathParams: { ...own, ...below.pathParams } };
    // A volume id may have a slash: /storage/local/content/local:iso/x.iso
    if (segment.startsWith('{') && node.children === undefined) {
      return { node, pathParams: { [segment.slice(1, -1)]: pathValue(parts.join('/')) } };
    }
  }
  return undefined;
}

function pathValue(part: string): unknown {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `net0` is described as `net[n]`. */
function propertyOf(
  properties: Record<string, ApiProperty>,
  name: string,
): ApiProperty | undefined {
  if (Object.hasOwn(properties, name)) return properties[name];
  const indexed = name.replace(/\d+$/, '[n]');
  return indexed !== name && Object.hasOwn(properties, indexed) ? properties[indexed] : undefined;
}

function checkRequires(
  name: string,
  { requires }: ApiProperty,
  all: Record<string, unknown>,
): string[] {
  return requires === undefined || requires in all ? [] : [`${name}: needs ${requires} beside it.`];
}

function checkValue(name: string, value: unknown, property: ApiProperty): string[] {
  if (value === unknownValue) return [];
  if (Array.isArray(value)) {
    const many =
      property.type === 'array' ||
      (typeof property.format === 'string' && /-a?list$/.test(property.format));
    return many ? [] : [`${name}: takes one value, not ${value.length}.`];
  }
  // An array's items have a description of their own; one of them may stand alone.
  if (property.type === 'array' || property.type === 'object') return [];
  const wrong = (what: string): string[] => [
    `${name}: ${isSecretName(name) ? 'the value' : show(value)} ${what}.`,
  ];
  if (!hasType(value, property.type)) return wrong(`is no ${property.type}`);
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
  if (property.enum && !property.enum.map(String).includes(text)) {
    return wrong(`is none of ${property.enum.map(String).join(', ')}`);
  }
  const numeric = property.type === 'integer' || property.type === 'number';
  const size = numeric ? Number(text) : NaN;
  if (property.minimum !== undefined && size < Number(property.minimum))
    return wrong(`is less than ${property.minimum}`);
  if (property.maximum !== undefined && size > Number(property.maximum))
    return wrong(`is more than ${property.maximum}`);
  if (property.minLength !== undefined && text.length < property.minLength) {
    return wrong(`has less than ${property.minLength} characters`);
  }
  if (property.maxLength !== undefined && text.length > property.maxLength) {
    return [`${name}: has ${text.length} characters, at most ${property.maxLength} are allowed.`];
  }
  const pattern = property.pattern === undefined ? undefined : fromPerl(property.pattern);
  return pattern && !pattern.test(text) ? wrong(`does not match ${property.pattern}`) : [];
}

/** What PVE takes for a type in a form or query. */
function hasType(value: unknown, type: string | undefined): boolean {
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
  if (type === 'boolean') return text === '0' || text === '1';
  if (type === 'integer') return /^[+-]?\d+$/.test(text);
  if (type === 'number') return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  return type !== 'null';
}

/** Undefined for what JavaScript has no word for: then the server will have to say it. */
function fromPerl(pattern: string): RegExp | undefined {
  if (/\[\[:|\\[zZAhHR]|\(\?\^?[a-z]*x|\+\+|\\p\{/.test(pattern)) return undefined;
  const flags = /^\(\?\^i:/.test(pattern) ? 'i' : '';
  try {
    return new RegExp(`^(?:${pattern.replaceAll(/\(\?\^[a-z]*:/g, '(?:')})$`, flags);
  } catch {
    return undefined;
  }
}

function show(value: unknown): string {
  const text = String(value);
  return `'${text.length > 60 ? `${text.slice(0, 57)}…` : text}'`;
}
