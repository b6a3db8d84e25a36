import { spawn } from 'node:child_process';

import { commandFailed } from './errors.js';

const defaultTimeout = 30_000;
const largestOutput = 64 * 1024;

/**
 * Runs a context's secretCommand: an argument list, no shell. stderr goes to the terminal, so that
 * a password manager can ask; stdout is the secret.
 * @throws SurroundingsError `PMX_SECRET_COMMAND_FAILED`
 */
export function runSecretCommand(
  context: string,
  [program, ...args]: readonly string[],
  timeout = defaultTimeout,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(commandFailed(context, program ?? '', reason));
    if (program === undefined) return fail('it is empty');
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], shell: false });
    let output = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      fail(`it took longer than ${timeout / 1000} s`);
    }, timeout);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > largestOutput) {
        child.kill('SIGKILL');
        fail('it prints more than a secret');
      }
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code === 'ENOENT' ? 'there is no such program' : String(error.code));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== 0) return fail(`it ended with ${code ?? signal}`);
      const secret = output.trim();
      if (secret === '') return fail('it printed nothing');
      resolve(secret);
    });
  });
}
