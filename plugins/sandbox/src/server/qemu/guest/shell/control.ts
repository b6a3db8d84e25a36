/** What ends more than a command. */
export class Leave extends Error {
  readonly what: 'exit' | 'return' | 'break' | 'continue';
  levels: number;

  constructor(what: Leave['what'], levels = 1) {
    super(what);
    this.what = what;
    this.levels = levels;
  }
}

/** Where a command reads and writes. */
export interface Streams {
  input: { text: string };
  out: (text: string) => void;
  err: (text: string) => void;
}
