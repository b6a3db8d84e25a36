import { closest } from '../../inventory/closest.js';
import { refuse } from '../refusal.js';
import { type Declared, type TemplateValue, typed } from './declare.js';

/** What the user says, before it is known what the templates want. */
export interface GivenValues {
  /** `--set NAME=VALUE`: words of a command line. */
  words: ReadonlyMap<string, string>;
  /** Of a file, or standard input. */
  document: ReadonlyMap<string, unknown>;
}

export const noValues: GivenValues = { words: new Map(), document: new Map() };

const howTo: Readonly<Record<Declared['type'], string>> = {
  string: '--set NAME=TEXT',
  number: '--set NAME=8080',
  boolean: '--set NAME=true',
  list: '--set NAME=a,b, or a list in --values FILE',
  secret: 'in --values FILE, or - for standard input',
};

/**
 * The values of a template: given ones by their types, else defaults.
 * @throws RequestError `PMX_CLOUDINIT_VALUE`. No value is ever quoted.
 */
export function valuesFor(
  declared: readonly Declared[],
  given: GivenValues,
  source: string,
): Map<string, TemplateValue> {
  const values = new Map<string, TemplateValue>();
  const missing: Declared[] = [];
  for (const one of declared) {
    const value = valueOf(one, given, source);
    if (value === undefined) missing.push(one);
    else values.set(one.name, value);
  }
  if (missing.length === 0) return values;
  const spare = [...given.words.keys(), ...given.document.keys()].filter(
    (name) => !declared.some((one) => one.name === name),
  );
  throw refuse({
    code: 'PMX_CLOUDINIT_VALUE',
    source,
    found: `needs ${missing.map(({ name, type }) => `${name} (${type})`).join(', ')}`,
    rule: 'values without a default have to be given',
    hints: [
      ...missing.flatMap(({ name }) =>
        closest(name, spare).map((other) => `Did you mean ${name} by ${other}?`),
      ),
      ...new Set(missing.map(({ name, type }) => howTo[type].replaceAll('NAME', name))),
    ],
  });
}

function valueOf(one: Declared, given: GivenValues, source: string): TemplateValue | undefined {
  const { name, type } = one;
  const word = given.words.get(name);
  if (word !== undefined && type === 'secret')
    throw refuse({
      code: 'PMX_CLOUDINIT_VALUE',
      source,
      found: `has ${name} for a secret`,
      rule: 'others see the command line of a process, so no secret may stand there',
      hints: [`Give it ${howTo.secret}.`],
    });
  if (word === undefined && !given.document.has(name)) return one.default;
  const value =
    word === undefined ? typed(type, given.document.get(name)) : ofWord(type, word.trim(), word);
  if (value !== undefined) return value;
  throw refuse({
    code: 'PMX_CLOUDINIT_VALUE',
    source,
    found: `takes for ${name} a ${type}`,
    rule: 'what was given is none',
    hints: [`Give it ${howTo[type].replaceAll('NAME', name)}.`],
  });
}

function ofWord(type: Declared['type'], word: string, whole: string): TemplateValue | undefined {
  if (type === 'number') return /^[-+]?\d+(\.\d+)?$/.test(word) ? Number(word) : undefined;
  if (type === 'boolean') return word === 'true' ? true : word === 'false' ? false : undefined;
  if (type === 'list') return word === '' ? [] : word.split(',').map((part) => part.trim());
  return whole;
}

/**
 * A value that no template takes is a mistyped one.
 * @throws RequestError `PMX_CLOUDINIT_VALUE`
 */
export function refuseUnknownValues(
  declared: readonly Declared[],
  given: GivenValues,
  source: string,
): void {
  const known = new Set(declared.map(({ name }) => name));
  for (const name of [...given.words.keys(), ...given.document.keys()]) {
    if (known.has(name)) continue;
    const offers = closest(name, known);
    throw refuse({
      code: 'PMX_CLOUDINIT_VALUE',
      source,
      found: `takes no value '${name}'`,
      rule: known.size === 0 ? 'it declares none' : `it declares ${[...known].join(', ')}`,
      hints: [
        ...(offers.length > 0 ? [`Did you mean ${offers.join(' or ')}?`] : []),
        'Declare it in the template: ## value NAME: string',
      ],
    });
  }
}
