import { createHash } from 'node:crypto';

import type { QueryParams } from '@pmx-cli/kit';

import type { WriteMethod, WriteParams } from '#dist/lib/api/types.js';
import { apiError, FakePve, lostAnswer } from '../engine/fake-pve.ts';

interface Ended {
  exitcode: number;
  out?: Buffer;
  err?: string;
}

/** What an agent's call may meet. */
export interface AgentFault {
  command: 'exec' | 'file-write' | 'file-read' | 'exec-status';
  /** Only programs whose words match. */
  words?: RegExp;
  /** The answer is lost; the call took effect (`after`) or not (`before`). */
  lose?: 'before' | 'after';
  error?: Error;
  act?: () => void;
}

/** A VM with files and a guest agent, which runs the few programs that a copy needs. */
export class FakeGuest extends FakePve {
  readonly files = new Map<string, { content: Buffer; mode: string }>();
  readonly ran: string[][] = [];
  readonly agentFaults: AgentFault[] = [];
  /** Questions for the end that are answered with "not yet". */
  slow = 0;
  /** Other programs by name. */
  readonly programs = new Map<string, (words: string[], input: string) => Ended>();
  readonly folders = new Set(['/tmp', '/etc']);
  #pid = 100;
  readonly #ends = new Map<number, Ended>();

  put(path: string, content: Buffer | string, mode = '0644'): void {
    this.files.set(path, { content: Buffer.from(content), mode });
  }

  text(path: string): string | undefined {
    return this.files.get(path)?.content.toString();
  }

  override async send<T>(_method: WriteMethod, path: string, params: WriteParams = {}): Promise<T> {
    await Promise.resolve();
    const command = path.split('/').at(-1)! as AgentFault['command'];
    const words = (params['command'] as string[] | undefined) ?? [];
    const fault = this.#fault(command, words);
    if (fault?.error) throw fault.error;
    if (fault?.lose === 'before') throw lostAnswer();
    const answer = command === 'exec' ? this.#exec(words, params) : this.#write(params);
    if (fault?.lose === 'after') throw lostAnswer();
    return answer as T;
  }

  override async get<T>(path: string, params: QueryParams = {}): Promise<T> {
    await Promise.resolve();
    const command = path.split('/').at(-1)! as AgentFault['command'];
    const fault = this.#fault(command, []);
    if (fault?.error) throw fault.error;
    if (command === 'exec-status') return this.#status(Number(params['pid'])) as T;
    const file = this.files.get(String(params['file']));
    if (!file) throw apiError(`failed to open file '${String(params['file'])}'`);
    const offset = Number(params['offset'] ?? 0);
    const part = file.content.subarray(offset, offset + Number(params['count'] ?? 2 ** 24));
    const truncated = offset + part.length < file.content.length;
    return { content: part.toString('latin1'), truncated } as T;
  }

  #fault(command: AgentFault['command'], words: readonly string[]): AgentFault | undefined {
    const at = this.agentFaults.findIndex(
      (fault) => fault.command === command && (fault.words?.test(words.join(' ')) ?? true),
    );
    const [fault] = at < 0 ? [] : this.agentFaults.splice(at, 1);
    fault?.act?.();
    return fault;
  }

  #write({ file, content }: WriteParams): null {
    this.put(String(file), Buffer.from(String(content), 'base64'));
    return null;
  }

  #exec(words: string[], params: WriteParams): { pid: number } {
    this.ran.push(words);
    const pid = ++this.#pid;
    this.#ends.set(pid, this.#run(words, String(params['input-data'] ?? '')));
    return { pid };
  }

  #status(pid: number): Record<string, unknown> {
    const end = this.#ends.get(pid);
    if (!end) throw apiError("Agent error: Invalid parameter 'pid'");
    if (this.slow-- > 0) return { exited: 0 };
    // As the real one: told once.
    this.#ends.delete(pid);
    return {
      exited: 1,
      exitcode: end.exitcode,
      ...(end.out && { 'out-data': end.out.toString('latin1') }),
      ...(end.err !== undefined && { 'err-data': end.err }),
    };
  }

  #run(words: string[], input: string): Ended {
    const [program = '', ...args] = words;
    const done: Ended = { exitcode: 0 };
    const missing = { exitcode: 1, err: `${program}: No such file or directory` };
    switch (program) {
      case 'test':
        return {
          exitcode: Number(
            !(args[0] === '-d' ? this.folders.has(args[1]!) : this.files.has(args[1]!)),
          ),
        };
      case 'touch':
        if (!this.folders.has(args[0]!.replace(/\/[^/]*$/, ''))) return missing;
        this.put(args[0]!, '');
        return done;
      case 'chmod':
        this.files.get(args[1]!)!.mode = args[0]!;
        return done;
      case 'cp':
        this.files.set(args[2]!, { ...this.files.get(args[1]!)! });
        return done;
      case 'mv': {
        const file = this.files.get(args[1]!);
        if (!file) return missing;
        this.files.set(args[2]!, file);
        this.files.delete(args[1]!);
        return done;
      }
      case 'sha256sum': {
        const file = this.files.get(args[0]!);
        if (!file) return missing;
        const hash = createHash('sha256').update(file.content).digest('hex');
        return { exitcode: 0, out: Buffer.from(`${hash}  ${args[0]}\n`) };
      }
      case 'sh':
        return this.#script(args[1]!, args[3]!);
      default:
        return this.programs.get(program)?.(args, input) ?? missing;
    }
  }

  #script(script: string, path: string): Ended {
    const parts = [...this.files.keys()].filter((name) => name.startsWith(`${path}.part.`)).sort();
    if (script.startsWith('rm ')) for (const name of [path, ...parts]) this.files.delete(name);
    else
      this.files.get(path)!.content = Buffer.concat(
        parts.map((name) => this.files.get(name)!.content),
      );
    return { exitcode: 0 };
  }
}
