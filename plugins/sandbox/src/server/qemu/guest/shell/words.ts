import { type List, type Part, SyntaxFault, type Word } from './syntax.js';

const SPECIAL = /[\s;&|()<>'"\\$`]/;

/** Reads a script: all of a text, or what stands in a text up to `)`. */
type Scripts = (text: string, from: number | undefined) => { script: List; at: number };

/** Reads words: quotes, variables and what a command says. */
export class WordReader {
  protected readonly text: string;
  protected at = 0;
  readonly #scripts: Scripts;

  constructor(text: string, scripts: Scripts) {
    this.text = text;
    this.#scripts = scripts;
  }

  protected word(): Word {
    const parts: Part[] = [];
    for (;;) {
      const next = this.text[this.at];
      if (next === undefined || /[\s;&|()<>]/.test(next)) return parts;
      if (next === "'") {
        const stop = this.text.indexOf("'", this.at + 1);
        if (stop < 0) throw new SyntaxFault('Unterminated quoted string');
        parts.push({ kind: 'text', text: this.text.slice(this.at + 1, stop), quoted: true });
        this.at = stop + 1;
      } else if (next === '"') {
        this.at++;
        const inside = this.#quoted();
        parts.push(...(inside.length > 0 ? inside : [text('', true)]));
      } else if (next === '\\') {
        const escaped = this.text[this.at + 1];
        if (escaped !== '\n') parts.push(text(escaped ?? '', true));
        this.at += 2;
      } else if (next === '$' || next === '`') parts.push(this.#dollar(false));
      else {
        const from = this.at++;
        while (this.at < this.text.length && !SPECIAL.test(this.text[this.at]!)) this.at++;
        parts.push(text(this.text.slice(from, this.at), false));
      }
    }
  }

  /** A text in which variables count, like that between double quotes. */
  protected inner(content: string): Word {
    const reader = new WordReader(content, this.#scripts);
    return reader.#parts((next) => next === undefined);
  }

  #quoted(): Part[] {
    const parts = this.#parts((next) => next === '"');
    if (this.text[this.at] !== '"') throw new SyntaxFault('Unterminated quoted string');
    this.at++;
    return parts;
  }

  #parts(ends: (next: string | undefined) => boolean): Part[] {
    const parts: Part[] = [];
    let plain = '';
    const flush = (): void => {
      if (plain !== '') parts.push(text(plain, true));
      plain = '';
    };
    for (;;) {
      const next = this.text[this.at];
      if (next === undefined || ends(next)) break;
      if (next === '\\' && /[$`"\\\n]/.test(this.text[this.at + 1] ?? '')) {
        if (this.text[this.at + 1] !== '\n') plain += this.text[this.at + 1];
        this.at += 2;
      } else if (next === '$' || next === '`') {
        flush();
        parts.push(this.#dollar(true));
      } else {
        plain += next;
        this.at++;
      }
    }
    flush();
    return parts;
  }

  #dollar(quoted: boolean): Part {
    const rest = this.text.slice(this.at);
    if (rest.startsWith('`')) {
      const stop = this.text.indexOf('`', this.at + 1);
      if (stop < 0) throw new SyntaxFault('EOF in backquote substitution');
      const { script } = this.#scripts(this.text.slice(this.at + 1, stop), undefined);
      this.at = stop + 1;
      return { kind: 'command', script, quoted };
    }
    if (rest.startsWith('$(')) {
      const { script, at } = this.#scripts(this.text, this.at + 2);
      this.at = at;
      return { kind: 'command', script, quoted };
    }
    const braced = /^\$\{(#?)(\w+|[@*#?$!-])/.exec(rest);
    if (braced) return this.#braced(braced, quoted);
    const plain = /^\$([A-Za-z_]\w*|\d|[@*#?$!-])/.exec(rest);
    this.at += plain?.[0].length ?? 1;
    return plain ? { kind: 'parameter', name: plain[1]!, quoted } : text('$', quoted);
  }

  #braced([whole, length, name]: RegExpExecArray, quoted: boolean): Part {
    const stop = this.#closing(this.at + 2);
    const after = this.text.slice(this.at + whole.length, stop);
    this.at = stop + 1;
    if (length === '#') return { kind: 'parameter', name: name!, operator: 'length', quoted };
    const [operator = ''] = /^(?::?[-=+?]|##?|%%?)/.exec(after) ?? [];
    if (operator === '') return { kind: 'parameter', name: name!, quoted };
    const argument = this.inner(after.slice(operator.length));
    return { kind: 'parameter', name: name!, operator, argument, quoted };
  }

  /** Where what was opened ends; quotes and what is opened within do not count. */
  #closing(from: number): number {
    let depth = 1;
    for (let at = from; at < this.text.length; at++) {
      const next = this.text[at]!;
      if (next === '\\') at++;
      else if (next === "'") at = this.#past(at, "'");
      else if (next === '"') at = this.#past(at, '"');
      else if (next === '{') depth++;
      else if (next === '}' && --depth === 0) return at;
    }
    throw new SyntaxFault(`end of file unexpected (expecting "}")`);
  }

  #past(from: number, quote: string): number {
    for (let at = from + 1; at < this.text.length; at++) {
      if (quote === '"' && this.text[at] === '\\') at++;
      else if (this.text[at] === quote) return at;
    }
    throw new SyntaxFault('Unterminated quoted string');
  }
}

function text(content: string, quoted: boolean): Part {
  return { kind: 'text', text: content, quoted };
}
