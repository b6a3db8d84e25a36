import { closest } from '../../inventory/closest.js';
import type { PluginSetting } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

export type FileLayer = 'project' | 'user' | 'system';

/** One thing that can be said in a configuration. Everything about it is derived from this row. */
export interface Spec {
  type: 'string' | 'integer' | 'boolean' | 'choice' | 'list' | 'map';
  description: string;
  /** As typed on a command line. */
  example: string;
  choices?: readonly string[];
  min?: number;
  max?: number;
  pattern?: RegExp;
  /** What `pattern` or `check` want, in words: "it must …". */
  rule?: string;
  /** True when the text is well formed; for what a pattern cannot say. */
  check?: (text: string) => boolean;
  /** Between the items of a list that is given as a text; commas when left out. */
  separator?: RegExp;
  /** Shown as `[hidden]`: it may hold what a gateway takes for a password. */
  sensitive?: boolean;
}

export interface SettingSpec extends Spec {
  /** The first is pmx's own, the others are those of older tools. */
  env: readonly string[];
  /** Global flag that says the same. */
  flag?: string;
  default?: string | number | boolean;
  /** Files that may say it. A project file comes with somebody else's repository. */
  layers: readonly FileLayer[];
}

/** A plugin's declaration in the form of the own settings; anything goes for what nobody declared. */
export function specOfPlugin(declared: PluginSetting | undefined): Spec {
  const { type = 'string', description = 'Setting of a plugin.', example = '' } = declared ?? {};
  return { type, description, example, min: 0, max: Number.MAX_SAFE_INTEGER };
}

export type SettingValue = string | number | boolean | string[] | Record<string, string>;

/** What a value has to be: "it must be a whole number from 1 to 86400". */
export function ruleOf(spec: Spec): string {
  switch (spec.type) {
    case 'integer':
      return `it must be a whole number from ${spec.min} to ${spec.max}`;
    case 'boolean':
      return 'it must be true or false';
    case 'choice':
      return `it must be one of ${spec.choices!.join(', ')}`;
    case 'list':
      return spec.rule ?? 'it must be a list of texts';
    case 'map':
      return spec.rule ?? 'it must be a mapping of names to texts';
    case 'string':
      return spec.rule ?? 'it must be a text';
  }
}

/**
 * A value as a file, a variable or a command line has it → the value.
 * @param where "user file /home/…/config.yaml" or "PMX_NODE"
 * @throws RequestError `PMX_INVALID_SETTING`
 */
export function parseValue(key: string, spec: Spec, raw: unknown, where: string): SettingValue {
  const value = convert(spec, raw);
  if (value !== undefined) return value;
  const shown = spec.sensitive ? '[hidden]' : typeof raw === 'string' ? raw : JSON.stringify(raw);
  const offers = spec.choices && typeof raw === 'string' ? closest(raw, spec.choices) : [];
  throw new RequestError({
    code: 'PMX_INVALID_SETTING',
    message: `Setting ${key} '${shown}' (${where}) is not valid: ${ruleOf(spec)}.`,
    hints: [
      ...offers.slice(0, 1).map((offer) => `Did you mean '${offer}'?`),
      `For example: pmx config set ${key} '${spec.example}'`,
    ],
  });
}

function convert(spec: Spec, raw: unknown): SettingValue | undefined {
  switch (spec.type) {
    case 'integer': {
      const number = typeof raw === 'string' && /^\d+$/.test(raw.trim()) ? Number(raw) : raw;
      const fits =
        typeof number === 'number' &&
        Number.isInteger(number) &&
        number >= spec.min! &&
        number <= spec.max!;
      return fits ? number : undefined;
    }
    case 'boolean':
      if (typeof raw === 'boolean') return raw;
      if (typeof raw === 'object') return undefined;
      if (/^(true|yes|on|1)$/i.test(String(raw))) return true;
      return /^(false|no|off|0)$/i.test(String(raw)) ? false : undefined;
    case 'choice':
      return typeof raw === 'string' && spec.choices!.includes(raw) ? raw : undefined;
    case 'list': {
      const items = typeof raw === 'string' ? splitList(raw, spec.separator) : raw;
      const good =
        Array.isArray(items) && items.length > 0 && items.every((item) => isText(spec, item));
      return good ? (items as string[]) : undefined;
    }
    case 'map': {
      const given = typeof raw === 'string' ? parseMapping(raw) : raw;
      if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
      const good = Object.entries(given).every(
        ([name, text]) =>
          (spec.pattern?.test(name) ?? true) && typeof text === 'string' && !/[\r\n]/.test(text),
      );
      return good ? (given as Record<string, string>) : undefined;
    }
    case 'string':
      return isText(spec, raw) ? raw : undefined;
  }
}

function parseMapping(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `a, b` or, for words that hold commas, a JSON list. */
function splitList(text: string, separator = /[,;]/): unknown {
  if (text.trim().startsWith('[')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isText(spec: Spec, value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    !/[\u0000-\u001f\u007f]/.test(value) &&
    (spec.pattern?.test(value) ?? true) &&
    (spec.check?.(value) ?? true)
  );
}
