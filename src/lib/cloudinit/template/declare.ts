import { closest } from '../../inventory/closest.js';
import { refuse } from '../refusal.js';

export const valueTypes = ['string', 'number', 'boolean', 'list', 'secret'] as const;
export type ValueType = (typeof valueTypes)[number];

export type TemplateValue = string | number | boolean | ReadonlyArray<string | number | boolean>;

export interface Declared {
  name: string;
  type: ValueType;
  /** Undefined: it has to be given. */
  default: TemplateValue | undefined;
}

export interface TemplateHead {
  declared: Declared[];
  /** Where the file itself begins, for cloud-init: behind the lines of pmx. */
  bodyStart: number;
}

const firstLine = /^## template: pmx[ \t]*\r?\n/i;
const declaration =
  /^## value[ \t]+(?<name>[A-Za-z_]\w*)[ \t]*:[ \t]*(?<type>\w+)[ \t]*(?:=[ \t]*(?<value>.*?))?[ \t]*\r?$/;

const example = ['## template: pmx', '## value port: number = 8080', '#cloud-config'].join('\n');

/** True for files whose first line says that pmx is to fill in values. */
export function isTemplate(text: string): boolean {
  return firstLine.test(text);
}

/**
 * The lines with which a template says what values it takes: `## value port: number = 8080`.
 * @throws RequestError `PMX_CLOUDINIT_TEMPLATE` with the line
 */
export async function readHead(text: string, source: string): Promise<TemplateHead> {
  const { parse } = await import('yaml');
  const declared: Declared[] = [];
  let bodyStart = firstLine.exec(text)?.[0].length ?? 0;
  for (let line = 2; ; line++) {
    const end = text.indexOf('\n', bodyStart);
    const words = text.slice(bodyStart, end === -1 ? undefined : end);
    if (end === -1 || !words.startsWith('## ')) return { declared, bodyStart };
    // Of cloud-init, which fills in what the guest knows.
    if (/^## template: jinja/i.test(words)) return { declared, bodyStart };
    const wrong = (found: string, hint: string = example) =>
      refuse({
        code: 'PMX_CLOUDINIT_TEMPLATE',
        source,
        found: `${found} in line ${line}`,
        rule: 'after ## template: pmx come lines ## value NAME: TYPE, and = DEFAULT where there is one',
        hints: [hint],
        line,
        column: 1,
      });
    const { name, type, value } = declaration.exec(words)?.groups ?? {};
    if (name === undefined) throw wrong('has no declaration of a value');
    if (!valueTypes.some((known) => known === type)) {
      const offers = closest(type!, valueTypes);
      throw wrong(
        `knows no type '${type}'`,
        offers.length > 0 ? `Did you mean ${offers[0]}?` : `Types: ${valueTypes.join(', ')}`,
      );
    }
    if (declared.some((other) => other.name === name)) throw wrong(`declares ${name} twice`);
    if (type === 'secret' && value !== undefined)
      throw wrong(`gives the secret ${name} a default`, 'A secret stands in no template.');
    let preset: TemplateValue | undefined;
    if (value !== undefined) {
      try {
        preset = typed(
          type as ValueType,
          type === 'string' ? value.replace(/^"(.*)"$/, '$1') : parse(value),
        );
      } catch {
        preset = undefined;
      }
      if (preset === undefined) throw wrong(`gives ${name} a default that is no ${type}`);
    }
    declared.push({ name, type: type as ValueType, default: preset });
    bodyStart = end + 1;
  }
}

/** The value, if it is of the type. */
export function typed(type: ValueType, value: unknown): TemplateValue | undefined {
  const scalar = (one: unknown): one is string | number | boolean =>
    typeof one === 'string' || typeof one === 'boolean' || Number.isFinite(one);
  if (type === 'list') return Array.isArray(value) && value.every(scalar) ? value : undefined;
  if (type === 'number') return Number.isFinite(value) ? (value as number) : undefined;
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'string' ? value : undefined;
}
