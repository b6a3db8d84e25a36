import { spawnSync } from 'node:child_process';
import { expect } from 'chai';

interface ShownError extends Error {
  code: string;
  exitCode: number;
  hints: readonly string[];
  data?: Record<string, unknown>;
}

/** The error of a promise or function that must fail. */
export async function failure(attempt: () => unknown): Promise<ShownError> {
  let value: unknown;
  try {
    value = await attempt();
  } catch (error) {
    return error as ShownError;
  }
  throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
}

/** Skips the running test, with the reason in its title, when a program is not installed. */
export function needs(context: Mocha.Context, program: string): void {
  if (spawnSync(program, ['--version']).error === undefined) return;
  skip(context, `${program} is not installed`);
}

export function skip(context: Mocha.Context, reason: string): never {
  const test = context.runnable();
  test.title += ` [skipped: ${reason}]`;
  return context.skip();
}

export function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect(status, `${program} ${args.join(' ')}: ${stderr}${stdout}`).to.equal(0);
  return stdout;
}
