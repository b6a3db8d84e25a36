import { RequestError } from '@pmx-cli/kit/errors';
import { compile } from 'json-p3';

import { cellText } from './values.js';

type Find = (value: unknown) => unknown[];

/**
 * A path as kubectl writes it → RFC 9535 without the `$`.
 * @throws RequestError `PMX_JSONPATH`
 */
export function compilePath(path: string): Find {
  const trimmed = path.trim().replace(/^\$/, '');
  const standard =
    trimmed === '' || trimmed === '.' ? '$' : `$${trimmed.replace(/^\.(?=\[)|^(?=[^.[])/, rooted)}`;
  try {
    const query = compile(standard);
    return (value) => query.query(value as never).values();
  } catch (error) {
    throw wrongPath(path, error instanceof Error ? error.message : String(error));
  }
}

/** `.[0]` is no RFC 9535, `name` is kubectl's `.name`. */
function rooted(start: string): string {
  return start === '.' ? '' : '.';
}

type Part =
  | { type: 'text'; text: string }
  | { type: 'value'; find: Find }
  | { type: 'range'; find: Find; parts: Part[] };

/**
 * kubectl's templates: `{.name}`, `{range [*]}{.vmid}{"\n"}{end}`; text without braces is one path.
 * Lists have no `.items` here, but whoever types it means the list.
 * @throws RequestError `PMX_JSONPATH`
 */
export function renderTemplate(template: string, value: unknown): string {
  const parts = parse(template.includes('{') ? template : `{${template}}`);
  return write(parts, value);
}

function write(parts: readonly Part[], value: unknown): string {
  return parts
    .map((part) => {
      if (part.type === 'text') return part.text;
      const found = part.find(value);
      if (part.type === 'value') return found.map(cellText).join(' ');
      return found.map((item) => write(part.parts, item)).join('');
    })
    .join('');
}

function parse(template: string): Part[] {
  const root: Part[] = [];
  const open: Array<{ parts: Part[] }> = [{ parts: root }];
  for (const [, text, braces] of template.matchAll(/([^{]+)|\{((?:"(?:\\.|[^"\\])*"|[^}"])*)\}/g)) {
    const { parts } = open.at(-1)!;
    if (text !== undefined) parts.push({ type: 'text', text });
    else if (braces!.trim() === 'end') {
      if (open.length === 1) throw wrongPath(template, '{end} without {range}');
      open.pop();
    } else if (/^\s*range\s/.test(braces!)) {
      const range: Part = {
        type: 'range',
        find: listPath(braces!.replace(/^\s*range\s/, '')),
        parts: [],
      };
      parts.push(range);
      open.push(range);
    } else parts.push(part(braces!.trim(), template));
  }
  if (open.length > 1) throw wrongPath(template, '{range} without {end}');
  if (unclosed(template)) throw wrongPath(template, 'a brace is not closed');
  return root;
}

function part(text: string, template: string): Part {
  if (!/^["']/.test(text)) return { type: 'value', find: listPath(text) };
  try {
    const literal = text.startsWith("'") ? `"${text.slice(1, -1)}"` : text;
    return { type: 'text', text: JSON.parse(literal) as string };
  } catch {
    throw wrongPath(template, `${text} is no text in quotes`);
  }
}

function listPath(path: string): Find {
  const direct = compilePath(path);
  const withoutItems = /^\$?\.items(?=[.[]|$)/.exec(path.trim());
  if (!withoutItems) return direct;
  const inList = compilePath(path.trim().slice(withoutItems[0].length));
  return (value) => (Array.isArray(value) ? inList(value) : direct(value));
}

function unclosed(template: string): boolean {
  return template.replaceAll(/\{(?:"(?:\\.|[^"\\])*"|[^}"])*\}/g, '').includes('{');
}

function wrongPath(path: string, why: string): RequestError {
  return new RequestError({
    code: 'PMX_JSONPATH',
    message: `The JSONPath '${path}' is wrong: ${why}.`,
    hints: [
      "For example -o jsonpath='{[*].name}' or -o jsonpath='{range [*]}{.vmid}{\"\\n\"}{end}'",
      'pmx help formats',
    ],
  });
}
