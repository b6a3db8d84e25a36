/** A piece of a word; what is quoted is neither split nor a pattern. */
export type Part =
  | { kind: 'text'; text: string; quoted: boolean }
  | { kind: 'parameter'; name: string; operator?: string; argument?: Word; quoted: boolean }
  | { kind: 'command'; script: List; quoted: boolean };

export type Word = readonly Part[];

export interface Redirect {
  /** What is led elsewhere: 0, 1 or 2. */
  stream: number;
  operator: '<' | '>' | '>>' | '>&' | '<<';
  /** A file, the number of a stream, or the text itself. */
  word: Word;
}

export type Command = { redirects: Redirect[] } & (
  | { type: 'simple'; assignments: Array<[name: string, value: Word]>; words: Word[] }
  | { type: 'if'; branches: Array<[condition: List, body: List]>; otherwise: List }
  | { type: 'for'; name: string; words: Word[] | undefined; body: List }
  | { type: 'while'; until: boolean; condition: List; body: List }
  | { type: 'case'; word: Word; arms: Array<[patterns: Word[], body: List]> }
  | { type: 'group'; body: List; subshell: boolean }
  | { type: 'function'; name: string; body: Command }
);

export interface Pipeline {
  negated: boolean;
  commands: Command[];
}

/** Pipelines, each with what stands before it. */
export type AndOr = Array<{ link: '&&' | '||' | ''; pipeline: Pipeline }>;

export type List = AndOr[];

/** What a shell says of a text that is none. */
export class SyntaxFault extends Error {}
