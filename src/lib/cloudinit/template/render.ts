import { refuse } from '../refusal.js';
import { type Declared, isTemplate, readHead, type TemplateValue } from './declare.js';
import {
  filters,
  type Placeholder,
  placeholdersIn,
  type Replacement,
  scriptReplacements,
  type ValueOf,
  yamlReplacements,
} from './placeholders.js';
import { type GivenValues, valuesFor } from './values.js';

export interface Rendered {
  text: string;
  /** The same with *** for every secret: to be looked at. */
  masked: string;
  declared: Declared[];
  /** Where in the template a place of the text comes from; both counted from 1. */
  origin(line: number, column: number): { line: number; column: number };
}

const mask = '***';

/**
 * A file with its values. One that is no template stays as it is.
 * @throws RequestError `PMX_CLOUDINIT_TEMPLATE`, `PMX_CLOUDINIT_VALUE`, `PMX_CLOUDINIT_YAML`
 */
export async function renderTemplate(
  text: string,
  source: string,
  given: GivenValues,
): Promise<Rendered> {
  if (!isTemplate(text))
    return { text, masked: text, declared: [], origin: (line, column) => ({ line, column }) };
  const { declared, bodyStart } = await readHead(text, source);
  const values = valuesFor(declared, given, source);
  const body = text.slice(bodyStart);
  // Placeholders that are not declared belong to jinja, where cloud-init is to read the file as such.
  const jinja = /^## template: jinja/i.test(body);
  const placeholders = placeholdersIn(body).filter(({ name }) => !jinja || values.has(name));
  for (const one of placeholders) check(one, values, text, bodyStart, source);
  const secrets = new Set(declared.filter(({ type }) => type === 'secret').map(({ name }) => name));
  const valueOf: ValueOf = ({ name }) => values.get(name)!;
  const maskedOf: ValueOf = (one) => (secrets.has(one.name) ? mask : valueOf(one));
  const yaml = /^(?:## template: jinja[^\n]*\n)?\s*#cloud-config|^\s*[\w-]+:/i.test(body);
  const replace = (of: ValueOf): Promise<Replacement[]> | Replacement[] =>
    yaml
      ? yamlReplacements(body, placeholders, of, source)
      : scriptReplacements(body, placeholders, of, source);
  const [replacements, maskedReplacements] = await Promise.all([
    replace(valueOf),
    replace(maskedOf),
  ]);
  const filled = fill(body, replacements);
  return {
    text: filled.text,
    masked: fill(body, maskedReplacements).text,
    declared,
    origin: (line, column) =>
      placeAt(text, bodyStart + filled.origin(offsetAt(filled.text, line, column))),
  };
}

function check(
  one: Placeholder,
  values: ReadonlyMap<string, TemplateValue>,
  text: string,
  bodyStart: number,
  source: string,
): void {
  const { line, column } = placeAt(text, bodyStart + one.start);
  const wrong = (found: string, rule: string, hint: string) =>
    refuse({
      code: 'PMX_CLOUDINIT_TEMPLATE',
      source,
      found: `${found} at line ${line}, column ${column}`,
      rule,
      hints: [hint],
      line,
      column,
    });
  if (!values.has(one.name))
    throw wrong(
      `uses '${one.name}'`,
      values.size === 0 ? 'it declares no values' : `it declares ${[...values.keys()].join(', ')}`,
      `Declare it in one of the first lines: ## value ${one.name}: string`,
    );
  if (one.filter !== undefined && !Object.hasOwn(filters, one.filter))
    throw wrong(
      `uses the filter '${one.filter}'`,
      `filters are ${Object.keys(filters).join(', ')}`,
      `Leave it out: {{ ${one.name} }}`,
    );
}

function fill(
  body: string,
  replacements: readonly Replacement[],
): { text: string; origin(offset: number): number } {
  const pieces: Array<{ at: number; from: number; copied: boolean }> = [];
  let text = '';
  let from = 0;
  for (const one of [...replacements].sort((a, b) => a.start - b.start)) {
    pieces.push({ at: text.length, from, copied: true });
    text += body.slice(from, one.start);
    pieces.push({ at: text.length, from: one.start, copied: false });
    text += one.text;
    from = one.end;
  }
  pieces.push({ at: text.length, from, copied: true });
  return {
    text: text + body.slice(from),
    origin: (offset) => {
      const piece = pieces.findLast(({ at }) => at <= offset)!;
      return piece.copied ? piece.from + offset - piece.at : piece.from;
    },
  };
}

function offsetAt(text: string, line: number, column: number): number {
  let start = 0;
  for (let count = 1; count < line; count++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

function placeAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
