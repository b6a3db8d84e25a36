import type { Scalar } from 'yaml';

import { refuse } from '../refusal.js';
import { parseYaml } from '../yaml.js';
import type { TemplateValue } from './declare.js';

/** `{{ name }}` or `{{ name | filter }}` in a text. */
export interface Placeholder {
  name: string;
  filter: string | undefined;
  start: number;
  end: number;
}

/** What comes to stand in the place of a part of the text. */
export interface Replacement {
  start: number;
  end: number;
  text: string;
}

const pattern = /\{\{[ \t]*([A-Za-z_]\w*)[ \t]*(?:\|[ \t]*(\w+)[ \t]*)?\}\}/g;

export const filters: Readonly<Record<string, (value: TemplateValue) => string>> = {
  raw: plain,
  json: (value) => JSON.stringify(value),
  shell: shellWords,
  base64: (value) => Buffer.from(plain(value)).toString('base64'),
};

export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(pattern)].map(({ 0: whole, 1: name, 2: filter, index }) => ({
    name: name!,
    filter,
    start: index,
    end: index + whole.length,
  }));
}

export type ValueOf = (placeholder: Placeholder) => TemplateValue;

/** Two characters of the private use area stand for a placeholder while YAML is read: every offset stays. */
const first = '\u{e000}';
const more = '\u{e001}';

/**
 * In YAML a value stays what it is: text is quoted where it must be, a list is a list. In a block text (`|`) and inside
 * of other words it is put in as it is.
 * @throws RequestError `PMX_CLOUDINIT_YAML`, `PMX_CLOUDINIT_TEMPLATE`
 */
export async function yamlReplacements(
  text: string,
  placeholders: readonly Placeholder[],
  valueOf: ValueOf,
  source: string,
): Promise<Replacement[]> {
  const { visit } = await import('yaml');
  let marked = text;
  for (const { start, end } of placeholders)
    marked = marked.slice(0, start) + first + more.repeat(end - start - 1) + marked.slice(end);
  const document = await parseYaml(marked, source);
  const replacements: Replacement[] = [];
  visit(document, {
    Scalar(key, node) {
      const [start, end] = node.range!;
      const inside = placeholders.filter((one) => one.start >= start && one.end <= end);
      if (inside.length === 0) return;
      if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
        for (const one of inside) {
          const line = text.slice(text.lastIndexOf('\n', one.start) + 1, one.start);
          const indent = /^[ \t]*/.exec(line)![0];
          const value = textOf(one, valueOf(one), source).replaceAll('\n', `\n${indent}`);
          replacements.push({ start: one.start, end: one.end, text: value });
        }
        return;
      }
      replacements.push({ start, end, text: flow(node, key === 'key', inside, valueOf, source) });
    },
  });
  return replacements;
}

function flow(
  node: Scalar,
  isKey: boolean,
  inside: readonly Placeholder[],
  valueOf: ValueOf,
  source: string,
): string {
  const [one] = inside;
  const whole = node.type === 'PLAIN' && new RegExp(`^${first}${more}*$`).test(String(node.value));
  if (whole) {
    const value = valueOf(one!);
    if (one!.filter === 'raw') return plain(value);
    if (!isKey || !Array.isArray(value))
      return yamlJson(one!.filter === undefined ? value : textOf(one!, value, source));
  }
  let index = 0;
  const value = String(node.value).replaceAll(new RegExp(`${first}${more}*`, 'g'), () => {
    const next = inside[index++]!;
    return textOf(next, valueOf(next), source);
  });
  return yamlJson(value);
}

/** JSON is YAML; what YAML cannot have as it is, is escaped. */
function yamlJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** In a script a value is a word of the shell, or of JSON for what else it is written in. */
export function scriptReplacements(
  text: string,
  placeholders: readonly Placeholder[],
  valueOf: ValueOf,
  source: string,
): Replacement[] {
  const shell = /^#!.*\b(?:ba|da|z|k|a|mk)?sh\b|^#cloud-boothook/i.test(text);
  const include = /^#include/i.test(text);
  return placeholders.map((one) => {
    const value = valueOf(one);
    const quoted = include ? plain(value) : shell ? shellWords(value) : JSON.stringify(value);
    return {
      start: one.start,
      end: one.end,
      text: one.filter === undefined ? quoted : textOf(one, value, source),
    };
  });
}

/** A value as part of a text. */
function textOf({ filter, name }: Placeholder, value: TemplateValue, source: string): string {
  if (filter !== undefined) return filters[filter]!(value);
  if (!Array.isArray(value)) return plain(value);
  throw refuse({
    code: 'PMX_CLOUDINIT_TEMPLATE',
    source,
    found: `has the list ${name} inside of a text`,
    rule: 'there is more than one way to write it there',
    hints: [`Say which: {{ ${name} | shell }} or {{ ${name} | json }}`],
  });
}

function plain(value: TemplateValue): string {
  return Array.isArray(value) ? value.join(' ') : String(value);
}

function shellWords(value: TemplateValue): string {
  return [value]
    .flat()
    .map((word) =>
      typeof word === 'string' ? `'${word.replaceAll("'", String.raw`'\''`)}'` : String(word),
    )
    .join(' ');
}
