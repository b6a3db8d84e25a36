/** Plain JSON: what a plan, a journal line and a command's result are made of. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Stands for a variable of the plan; replaced by its value when the step runs. */
export interface VariableRef {
  readonly $var: string;
}

/** Text with variables in it, replaced when the step runs. Plain strings are never interpreted. */
export interface TextTemplate {
  readonly $text: ReadonlyArray<string | number | VariableRef>;
}

/** Stands for a value that only lives in memory: never in a journal, a dry run or a log. */
export interface SecretRef {
  readonly $secret: string;
}

/** JSON with references in it. */
export type Value =
  | string
  | number
  | boolean
  | null
  | VariableRef
  | TextTemplate
  | SecretRef
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

export type TextValue = string | VariableRef | TextTemplate;
export type NumberValue = number | VariableRef;

/** Refers to a variable of the plan, for example the VMID that is only settled while running. */
export function ref(variable: string): VariableRef {
  return { $var: variable };
}

/** Refers to a secret that the plan carries in memory. */
export function secretRef(name: string): SecretRef {
  return { $secret: name };
}

/** Template tag: `` text`/nodes/${node}/qemu/${ref('vmid')}/config` ``. Templates nest. */
export function text(
  strings: TemplateStringsArray,
  ...values: ReadonlyArray<TextValue | number>
): TextValue {
  const parts: Array<string | number | VariableRef> = [];
  strings.forEach((literal, index) => {
    if (literal !== '') parts.push(literal);
    const value = values[index];
    if (typeof value === 'object' && '$text' in value) parts.push(...value.$text);
    else if (value !== undefined) parts.push(value);
  });
  return parts.some((part) => typeof part === 'object') ? { $text: parts } : parts.join('');
}

/** What references are replaced from. A missing name is a bug of the plan and throws. */
export interface Bindings {
  variable(name: string): Json;
  secret(name: string): string;
}

function isReference<K extends string>(value: object, key: K): value is Record<K, unknown> {
  return key in value && Object.keys(value).length === 1;
}

/** Replaces every reference in `value`. */
export function resolve(value: Value | undefined, bindings: Bindings): Json {
  if (value === undefined || value === null || typeof value !== 'object') return value ?? null;
  if (Array.isArray(value)) return value.map((item: Value) => resolve(item, bindings));
  if (isReference(value, '$var')) return bindings.variable((value as VariableRef).$var);
  if (isReference(value, '$secret')) return bindings.secret((value as SecretRef).$secret);
  if (isReference(value, '$text')) {
    return (value as TextTemplate).$text
      .map((part) => (typeof part === 'object' ? String(bindings.variable(part.$var)) : part))
      .join('');
  }
  const result: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value as Record<string, Value | undefined>)) {
    if (item !== undefined) result[key] = resolve(item, bindings);
  }
  return result;
}
