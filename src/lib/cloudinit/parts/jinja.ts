import type { Fault } from '../schema/faults.js';
import { partFault } from './part.js';

/** What a template could become, as far as that can be told without values. */
export interface JinjaLook {
  /**
   * The text with the first branch of each `if`, and with the last one: places in them are places in the file. What
   * would be filled in is letters.
   */
  variants: string[];
  /** Lines with something that would be filled in. */
  filled: ReadonlySet<number>;
  faults: Fault[];
}

/** Stands for a value that only the guest knows: no word of a schema, and no number. */
const filler = 'q';
const opens = new Set(['if', 'for', 'macro', 'call', 'filter', 'raw', 'block']);

interface Tag {
  kind: 'statement' | 'expression' | 'comment';
  word: string;
  start: number;
  end: number;
  line: number;
}

/** @param text all of it, `## template: jinja` included */
export function lookAtJinja(text: string): JinjaLook {
  const { tags, faults } = tagsOf(text);
  const filled = new Set(tags.filter(({ kind }) => kind === 'expression').map(({ line }) => line));
  if (faults.length > 0) return { variants: [], filled, faults };
  const unbalanced = balance(tags);
  if (unbalanced) return { variants: [], filled, faults: [unbalanced] };
  const first = variant(text, tags, false);
  const last = variant(text, tags, true);
  return { variants: first === last ? [first] : [first, last], filled, faults };
}

function tagsOf(text: string): { tags: Tag[]; faults: Fault[] } {
  const tags: Tag[] = [];
  const signs = { '{%': '%}', '{{': '}}', '{#': '#}' } as const;
  const kinds = { '{%': 'statement', '{{': 'expression', '{#': 'comment' } as const;
  let raw = false;
  for (const found of text.matchAll(/\{[%{#]/g)) {
    const start = found.index;
    if (tags.length > 0 && start < tags.at(-1)!.end) continue;
    const open = found[0] as keyof typeof signs;
    if (raw && open !== '{%') continue;
    const line = text.slice(0, start).split('\n').length;
    const stop = text.indexOf(signs[open], start + 2);
    if (stop < 0) {
      const fault = partFault('error', line, `has ${open} without ${signs[open]}`, null, 'jinja');
      return { tags, faults: [fault] };
    }
    const [word = ''] = /\w+/.exec(text.slice(start + 2, stop)) ?? [];
    if (raw && word !== 'endraw') continue;
    raw = open === '{%' && word === 'raw';
    tags.push({ kind: kinds[open], word, start, end: stop + 2, line });
  }
  return { tags, faults: [] };
}

function balance(tags: readonly Tag[]): Fault | undefined {
  const stack: Tag[] = [];
  for (const tag of tags) {
    if (tag.kind !== 'statement') continue;
    if (opens.has(tag.word)) stack.push(tag);
    else if (tag.word.startsWith('end') && tag.word !== 'endset') {
      const open = stack.pop();
      if (open?.word === tag.word.slice(3)) continue;
      const wanted =
        open === undefined ? 'nothing is open' : `{% ${open.word} %} of line ${open.line} is`;
      return partFault('error', tag.line, `has {% ${tag.word} %} where ${wanted}`, null, 'jinja');
    } else if (/^(?:else|elif)$/.test(tag.word) && stack.length === 0)
      return partFault('error', tag.line, `has {% ${tag.word} %} without {% if %}`, null, 'jinja');
  }
  const open = stack.at(-1);
  return (
    open &&
    partFault(
      'error',
      open.line,
      `has {% ${open.word} %} without {% end${open.word} %}`,
      null,
      'jinja',
    )
  );
}

/** Keeps one branch of each `if`; what goes becomes blanks, so that every place stays. */
function variant(text: string, tags: readonly Tag[], lastBranch: boolean): string {
  const out = [...text];
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at++) if (text[at] !== '\n') out[at] = ' ';
  };
  const stack: Array<{ word: string; branches: Array<[from: number, to: number]> }> = [];
  for (const { kind, word, start, end } of tags) {
    if (kind === 'expression') {
      for (let at = start; at < end; at++) if (text[at] !== '\n') out[at] = filler;
      continue;
    }
    blank(start, end);
    if (kind === 'comment') continue;
    const open = stack.at(-1);
    if (opens.has(word)) stack.push({ word, branches: [[end, end]] });
    else if (word === 'else' || word === 'elif') {
      open!.branches.at(-1)![1] = start;
      open!.branches.push([end, end]);
    } else if (open && word === `end${open.word}`) {
      open.branches.at(-1)![1] = start;
      stack.pop();
      const kept = lastBranch ? open.branches.length - 1 : 0;
      // An `if` without `else` may also be nothing.
      const none = lastBranch && open.word === 'if' && open.branches.length === 1;
      for (const [index, [from, to]] of open.branches.entries())
        if (none || index !== kept) blank(from, to);
    }
  }
  return out.join('');
}
