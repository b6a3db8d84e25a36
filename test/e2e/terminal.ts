import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

import { bin, type Home, until } from './support.ts';

/** Whether this machine can give a process a terminal: `script` of util-linux. */
export const hasTerminal =
  process.platform === 'linux' &&
  (spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '').includes('util-linux');

/** pmx at a terminal, with somebody who types. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #screen = '';
  #read = 0;

  /** @param program pmx itself when left out */
  constructor(
    home: Home,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    program: readonly string[] = [process.execPath, bin],
  ) {
    const words = [...program, ...args];
    const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    // Of itself it has no height, and lists show no line there.
    const sized = `stty rows 50 cols 200; exec ${line}`;
    this.#child = spawn('script', ['-qefc', sized, '/dev/null'], {
      cwd: home.path,
      env: { ...home.env(env), TERM: 'xterm', COLUMNS: '200' },
    });
    this.#child.stdout!.on('data', (data: Buffer) => (this.#screen += data.toString('utf8')));
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve));
  }

  /** Everything that was on the screen so far, without colours and cursor movements. */
  get screen(): string {
    return stripVTControlCharacters(this.#screen);
  }

  /** Waits for a question that was not answered yet, then types. */
  async answer(question: string, typed: string): Promise<void> {
    await until(
      () => this.screen.indexOf(question, this.#read) >= 0,
      `${question}\n${this.screen}`,
    );
    this.#read = this.screen.length;
    this.#child.stdin!.write(typed);
  }

  type(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  /** Waits for a text that was not seen yet. */
  async sees(text: string): Promise<void> {
    const at = (): number => this.screen.indexOf(text, this.#read);
    await until(() => at() >= 0, `${text}\n${this.screen}`);
    this.#read = at() + text.length;
  }

  /** Whatever it does: hangs up. With SIGKILL the terminal is gone before pmx hears of it. */
  kill(signal: 'SIGHUP' | 'SIGKILL' = 'SIGHUP'): void {
    this.#child.kill(signal);
  }

  async end(): Promise<number | null> {
    return this.#ended;
  }
}
