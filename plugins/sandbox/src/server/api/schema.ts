import { parameterError } from '../errors.js';
import { formatError } from './formats.js';
import type { ParamValue } from './params.js';
import { parsePropertyString, PropertyStringError } from './property-string.js';
import type { Param, ParamTable } from './types.js';

/** A parameter as it came over the wire: text from a form, any JSON value from a JSON body. */
export type RawValue = unknown;

const UNKNOWN =
  'property is not defined in schema and the schema does not allow additional properties';
const MISSING = 'property is missing and it is not optional';

/** How many devices of a kind there may be: `scsi[n]` in the table stands for scsi0…scsi30. */
const COUNTS: Readonly<Record<string, number>> = {
  ide: 4,
  sata: 6,
  scsi: 31,
  virtio: 16,
  net: 32,
  mp: 256,
  dev: 256,
  ipconfig: 32,
  serial: 4,
  parallel: 3,
  usb: 14,
  hostpci: 16,
  numa: 8,
  unused: 256,
  virtiofs: 10,
  link: 8,
  acmedomain: 6,
};

/** Finds a parameter's description; `scsi3` is found under `scsi[n]`. */
export function findParam(table: ParamTable, name: string): Param | undefined {
  const own = table[name];
  if (own) return name.endsWith('[n]') ? undefined : own;
  const match = /^([a-z]+)(0|[1-9]\d{0,2})$/.exec(name);
  if (!match || Number(match[2]) >= (COUNTS[match[1]!] ?? 0)) return undefined;
  return table[`${match[1]!}[n]`];
}

type Checked = { value: ParamValue } | { error: string };

function show(value: RawValue): string {
  return typeof value === 'object' && value !== null ? 'HASH' : String(value);
}

/** Checks one value and brings it into its own type. */
export function valueError(param: Param, value: RawValue): Checked {
  const wrong = { error: `type check ('${param.type}') failed - got '${show(value)}'` };
  if (param.type === 'array') {
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return { value: items.map(String) };
  }
  if (value === null || typeof value === 'object') return wrong;
  const text = value === true ? '1' : value === false ? '0' : String(value);
  if (param.type === 'boolean') {
    // Forms and queries know 0 and 1 only; only JSON has true and false.
    return text === '1' ? { value: 1 } : text === '0' || text === '' ? { value: 0 } : wrong;
  }
  let number: number | undefined;
  if (param.type === 'integer' || param.type === 'number') {
    const pattern =
      param.type === 'integer' ? /^[+-]?\d+$/ : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
    if (!pattern.test(text)) return wrong;
    number = Number(text);
  }
  const problem = formatProblem(param, text) ?? limitProblem(param, text, number);
  return problem === undefined ? { value: number ?? text } : { error: problem };
}

function formatProblem(param: Param, text: string): string | undefined {
  if (typeof param.format === 'string') {
    const problem = formatError(param.format, text);
    if (problem !== undefined) return `invalid format - ${problem}\n`;
  } else if (param.format) {
    try {
      parsePropertyString(param.format, text);
    } catch (error) {
      const problem =
        error instanceof PropertyStringError
          ? error.forParameter('%name')
          : (error as Error).message;
      return `invalid format - ${problem}\n`;
    }
  }
  return undefined;
}

function limitProblem(param: Param, text: string, number: number | undefined): string | undefined {
  if (param.pattern !== undefined && !new RegExp(`^(?:${param.pattern})$`).test(text))
    return 'value does not match the regex pattern';
  if (param.maxLength !== undefined && text.length > param.maxLength)
    return `value may only be ${param.maxLength} characters long`;
  if (param.minLength !== undefined && text.length < param.minLength)
    return `value must be at least ${param.minLength} characters long`;
  if (param.enum && !param.enum.includes(text))
    return `value '${text}' does not have a value in the enumeration '${param.enum.join(', ')}'`;
  if (number !== undefined && param.minimum !== undefined && number < param.minimum)
    return `value must have a minimum value of ${param.minimum}`;
  if (number !== undefined && param.maximum !== undefined && number > param.maximum)
    return `value must have a maximum value of ${param.maximum}`;
  return undefined;
}

/** Checks the parameters of a call; throws PVE's 400 with a text for each that is wrong. */
export function verifyParams(
  table: ParamTable,
  raw: Readonly<Record<string, RawValue>>,
): Map<string, ParamValue> {
  const errors: Record<string, string> = {};
  const values = new Map<string, ParamValue>();
  for (const [name, value] of Object.entries(raw)) {
    const param = findParam(table, name);
    if (!param) {
      errors[name] = UNKNOWN;
      continue;
    }
    const checked = valueError(param, value);
    if ('error' in checked) errors[name] = checked.error.replaceAll('%name', name);
    else values.set(name, checked.value);
    if (param.requires !== undefined && raw[param.requires] === undefined)
      errors[param.requires] = `missing property required by '${name}'`;
  }
  for (const [name, param] of Object.entries(table)) {
    if (!param.optional && !name.endsWith('[n]') && raw[name] === undefined)
      errors[name] ??= MISSING;
  }
  if (Object.keys(errors).length > 0) throw parameterError(errors);
  return values;
}
