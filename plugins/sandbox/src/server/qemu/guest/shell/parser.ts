import {
  type AndOr,
  type Command,
  type List,
  type Part,
  type Pipeline,
  type Redirect,
  SyntaxFault,
  type Word,
} from './syntax.js';
import { WordReader } from './words.js';

const NAME = /^[A-Za-z_]\w*/;
const ENDS = /[\s;&|()<>]/;

/** @throws SyntaxFault */
export function parse(text: string): List {
  const parser = new Parser(text);
  const list = parser.list([]);
  parser.end();
  return list;
}

function substituted(text: string, from: number | undefined): { script: List; at: number } {
  if (from === undefined) return { script: parse(text), at: text.length };
  return new Parser(text).substitution(from);
}

/** POSIX's grammar, as far as scripts for a guest need it. */
class Parser extends WordReader {
  /** Texts that begin after this line. */
  #pending: Array<{ redirect: Redirect; end: string; verbatim: boolean; tabs: boolean }> = [];

  constructor(text: string) {
    super(text, substituted);
  }

  /** What stands in `$(…)`. */
  substitution(from: number): { script: List; at: number } {
    this.at = from;
    const script = this.list([]);
    if (!this.#take(')')) this.#unexpected(')');
    return { script, at: this.at };
  }

  end(): void {
    this.#skip(true);
    if (this.at < this.text.length) this.#unexpected();
  }

  list(ends: readonly string[]): List {
    const list: List = [];
    for (;;) {
      this.#skip(true);
      if (this.at >= this.text.length || this.#peek(')') || this.#peek(';;')) return list;
      if (ends.some((end) => this.#atWord(end))) return list;
      list.push(this.#andOr());
      this.#skip(false);
      if (this.#peek(';;')) return list;
      if (!this.#take(';') && !this.#take('&') && this.text[this.at] !== '\n') {
        this.#skip(false);
        if (this.at < this.text.length && !this.#peek(')')) this.#unexpected();
      }
    }
  }

  #andOr(): AndOr {
    const all: AndOr = [{ link: '', pipeline: this.#pipeline() }];
    for (;;) {
      this.#skip(false);
      const link = this.#take('&&') ? '&&' : this.#take('||') ? '||' : undefined;
      if (link === undefined) return all;
      this.#skip(true);
      all.push({ link, pipeline: this.#pipeline() });
    }
  }

  #pipeline(): Pipeline {
    this.#skip(false);
    const negated = this.#keyword('!');
    const commands = [this.#command()];
    for (;;) {
      this.#skip(false);
      if (this.#peek('||') || !this.#take('|')) return { negated, commands };
      this.#skip(true);
      commands.push(this.#command());
    }
  }

  #command(): Command {
    this.#skip(false);
    const compound = this.#compound();
    if (compound) return { ...compound, redirects: this.#redirects() } as Command;
    const redirects: Redirect[] = [];
    const assignments: Array<[string, Word]> = [];
    const words: Word[] = [];
    for (;;) {
      this.#skip(false);
      const redirect = this.#redirect();
      if (redirect) {
        redirects.push(redirect);
        continue;
      }
      if (this.at >= this.text.length || ENDS.test(this.text[this.at]!)) break;
      const assigned = /^([A-Za-z_]\w*)=/.exec(this.text.slice(this.at));
      if (assigned && words.length === 0) {
        this.at += assigned[0].length;
        assignments.push([assigned[1]!, this.word()]);
        continue;
      }
      words.push(this.word());
      const only = words.length === 1 && redirects.length === 0 ? nameOf(words[0]!) : undefined;
      this.#skip(false);
      if (only !== undefined && /^\(\s*\)/.test(this.text.slice(this.at))) {
        this.at = this.text.indexOf(')', this.at) + 1;
        this.#skip(true);
        return { type: 'function', name: only, body: this.#command(), redirects: [] };
      }
    }
    if (words.length + assignments.length + redirects.length === 0) this.#unexpected();
    return { type: 'simple', assignments, words, redirects };
  }

  #compound(): object | undefined {
    if (this.#keyword('if')) return this.#if();
    if (this.#keyword('while')) return this.#while(false);
    if (this.#keyword('until')) return this.#while(true);
    if (this.#keyword('for')) return this.#for();
    if (this.#keyword('case')) return this.#case();
    if (this.#keyword('{')) {
      const body = this.list(['}']);
      this.#expect('}');
      return { type: 'group', body, subshell: false };
    }
    if (this.#take('(')) {
      const body = this.list([]);
      if (!this.#take(')')) this.#unexpected();
      return { type: 'group', body, subshell: true };
    }
    return undefined;
  }

  #if(): object {
    const branches: Array<[List, List]> = [];
    let otherwise: List = [];
    do {
      const condition = this.list(['then']);
      this.#expect('then');
      branches.push([condition, this.list(['elif', 'else', 'fi'])]);
    } while (this.#keyword('elif'));
    if (this.#keyword('else')) otherwise = this.list(['fi']);
    this.#expect('fi');
    return { type: 'if', branches, otherwise };
  }

  #while(until: boolean): object {
    const condition = this.list(['do']);
    return { type: 'while', until, condition, body: this.#doGroup() };
  }

  #for(): object {
    this.#skip(false);
    const [name] = NAME.exec(this.text.slice(this.at)) ?? this.#unexpected();
    this.at += name.length;
    this.#skip(true);
    let words: Word[] | undefined;
    if (this.#keyword('in')) {
      words = [];
      for (this.#skip(false); !/^[;\n]/.test(this.text.slice(this.at)); this.#skip(false)) {
        if (this.at >= this.text.length) this.#unexpected();
        words.push(this.word());
      }
    }
    this.#take(';');
    this.#skip(true);
    return { type: 'for', name, words, body: this.#doGroup() };
  }

  #doGroup(): List {
    this.#expect('do');
    const body = this.list(['done']);
    this.#expect('done');
    return body;
  }

  #case(): object {
    this.#skip(false);
    const word = this.word();
    this.#skip(true);
    this.#expect('in');
    const arms: Array<[Word[], List]> = [];
    for (this.#skip(true); !this.#keyword('esac'); this.#skip(true)) {
      if (this.at >= this.text.length) this.#unexpected();
      this.#take('(');
      const patterns: Word[] = [];
      do {
        this.#skip(false);
        patterns.push(this.word());
        this.#skip(false);
      } while (this.#take('|'));
      if (!this.#take(')')) this.#unexpected();
      arms.push([patterns, this.list(['esac'])]);
      this.#take(';;');
    }
    return { type: 'case', word, arms };
  }

  #redirects(): Redirect[] {
    const all: Redirect[] = [];
    for (;;) {
      this.#skip(false);
      const redirect = this.#redirect();
      if (!redirect) return all;
      all.push(redirect);
    }
  }

  #redirect(): Redirect | undefined {
    const found = /^(\d?)(<<-?|>>|>&|<&|>\||<|>)/.exec(this.text.slice(this.at));
    if (!found) return undefined;
    const [whole, number, sign] = found;
    this.at += whole.length;
    this.#skip(false);
    const stream = number === '' ? Number(!sign!.startsWith('<')) : Number(number);
    const word = this.word();
    if (!sign!.startsWith('<<')) {
      const operator = sign === '>|' ? '>' : sign === '<&' ? '>&' : (sign as Redirect['operator']);
      return { stream, operator, word };
    }
    const redirect: Redirect = { stream, operator: '<<', word };
    this.#pending.push({
      redirect,
      end: word.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
      verbatim: word.some(({ quoted }) => quoted),
      tabs: sign === '<<-',
    });
    return redirect;
  }

  /** Blanks and comments; ends of lines as well where they mean nothing. */
  #skip(lines: boolean): void {
    for (;;) {
      const [blank] = /^(?:[ \t]|\\\n)+/.exec(this.text.slice(this.at)) ?? [''];
      this.at += blank.length;
      const next = this.text[this.at];
      if (next === '#') this.at += /^[^\n]*/.exec(this.text.slice(this.at))![0].length;
      else if (next === '\n' && lines) {
        this.at++;
        this.#readPending();
      } else return;
    }
  }

  #readPending(): void {
    for (const { redirect, end, verbatim, tabs } of this.#pending) {
      let body = '';
      for (;;) {
        if (this.at >= this.text.length) throw new SyntaxFault(`Unterminated here-document ${end}`);
        const stop = this.text.indexOf('\n', this.at);
        const raw = this.text.slice(this.at, stop < 0 ? undefined : stop);
        this.at = stop < 0 ? this.text.length : stop + 1;
        const line = tabs ? raw.replace(/^\t+/, '') : raw;
        if (line === end) break;
        body += `${line}\n`;
      }
      redirect.word = verbatim ? [{ kind: 'text', text: body, quoted: true }] : this.inner(body);
    }
    this.#pending = [];
  }

  #peek(sign: string): boolean {
    return this.text.startsWith(sign, this.at);
  }

  #take(sign: string): boolean {
    if (!this.#peek(sign) || (sign === ';' && this.#peek(';;'))) return false;
    this.at += sign.length;
    return true;
  }

  #atWord(word: string): boolean {
    const next = this.text[this.at + word.length];
    return this.#peek(word) && (next === undefined || ENDS.test(next));
  }

  #keyword(word: string): boolean {
    if (!this.#atWord(word)) return false;
    this.at += word.length;
    return true;
  }

  #expect(word: string): void {
    this.#skip(true);
    if (!this.#keyword(word)) this.#unexpected(word);
  }

  #unexpected(wanted?: string): never {
    const [found] = /^\S+|^\n/.exec(this.text.slice(this.at)) ?? ['end of file'];
    const name = found === '\n' ? 'newline' : found;
    throw new SyntaxFault(
      `"${name}" unexpected${wanted === undefined ? '' : ` (expecting "${wanted}")`}`,
    );
  }
}

function nameOf(word: Word): string | undefined {
  const [part, ...more] = word as [Part?, ...Part[]];
  if (part?.kind !== 'text' || part.quoted || more.length > 0) return undefined;
  return NAME.exec(part.text)?.[0] === part.text ? part.text : undefined;
}
