import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SECRET = /pass|secret|ticket|csrf|otp|sshkeys|^key/i;

/** Takes the values of secret parameters out of a path with its query. */
export function redactPath(path: string): string {
  const mark = path.indexOf('?');
  if (mark < 0) return path;
  const query = path
    .slice(mark + 1)
    .split('&')
    .map((pair) => {
      const [name = ''] = pair.split('=');
      let plain = name;
      try {
        plain = decodeURIComponent(name);
      } catch {
        // A name that cannot be decoded is looked at as it is.
      }
      return SECRET.test(plain) ? `${name}=***` : pair;
    })
    .join('&');
  return `${path.slice(0, mark)}?${query}`;
}

export interface LoggedRequest {
  method: string;
  path: string;
  user: string;
  /** 0: no answer was sent. */
  status: number;
  millis: number;
  /** Ids of the fault rules that happened to it. */
  faults?: string[];
}

/** One line of JSON for each request, written before its answer leaves, so that a client that has the answer finds the line. */
export class RequestLog {
  #file: number | undefined;

  constructor(dataDir: string) {
    this.#file = openSync(join(dataDir, 'requests.jsonl'), 'a', 0o600);
  }

  write(request: LoggedRequest): void {
    if (this.#file === undefined) return;
    writeSync(
      this.#file,
      `${JSON.stringify({ time: new Date().toISOString(), ...request, path: redactPath(request.path) })}\n`,
    );
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
