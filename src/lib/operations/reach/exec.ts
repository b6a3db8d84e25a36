import { type Guest, type Plan, ref, type SecretRef, secretRef } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

export interface ExecRequest {
  guest: Guest;
  /** Program and arguments. */
  command: readonly string[];
  input?: Buffer;
  timeoutSeconds?: number;
}

export interface ExecResult {
  vmid: number;
  name: string;
  node: string;
  pid: number;
  /** 128 + signal when a signal ended the program. */
  exitCode: number;
  signal: number | null;
  stdout: string;
  stderr: string;
  /** Of `stdout` and `stderr`: base64 when they are no UTF-8 text. */
  encoding: 'utf8' | 'base64';
  /** The agent keeps 16 MiB of each. */
  truncated: boolean;
}

/** Bytes that Proxmox VE takes for a program's standard input (`input-data`). */
const maxInput = 65_536;

/** A program with held arguments: the journal knows how many there were. */
export function planExec({ guest, command, input, timeoutSeconds }: ExecRequest): Plan {
  const [program = '', ...words] = command;
  refuseInput(input);
  const held: Record<string, string> = {};
  const hold = (name: string, text: string): SecretRef => {
    held[name] = text;
    return secretRef(name);
  };
  const target = `VM ${guest.vmid} (${guest.name})`;
  const count = words.length === 1 ? '1 argument' : `${words.length} arguments`;
  const title = `Run ${program}${words.length > 0 ? ` with ${count}` : ''} in ${target}`;
  const { vmid, name, node } = guest;
  return {
    operation: 'vm.exec',
    target,
    title,
    steps: [
      {
        id: 'exec',
        title,
        kind: 'guest.exec',
        args: {
          node,
          vmid,
          command: [program, ...words.map((word, index) => hold(`argument ${index + 1}`, word))],
          ...(input && input.length > 0 && { input: hold('input', input.toString('base64')) }),
          ...(timeoutSeconds !== undefined && { timeoutSeconds }),
          pid: ref('pid'),
          holds: { stdout: 'stdout', stderr: 'stderr' },
        },
        bind: {
          pid: 'pid',
          exitCode: 'exitCode',
          signal: 'signal',
          encoding: 'encoding',
          truncated: 'truncated',
        },
      },
    ],
    variables: { pid: null },
    result: {
      vmid,
      name,
      node,
      pid: ref('pid'),
      exitCode: ref('exitCode'),
      signal: ref('signal'),
      stdout: secretRef('stdout'),
      stderr: secretRef('stderr'),
      encoding: ref('encoding'),
      truncated: ref('truncated'),
    },
    held,
  };
}

function refuseInput(input: Buffer | undefined): void {
  if (input === undefined || input.length <= maxInput) return;
  throw new RequestError({
    code: 'PMX_INPUT_TOO_LARGE',
    message: `Standard input has ${input.length} bytes, and Proxmox VE takes ${maxInput} for a program in a guest.`,
    hints: [
      'Copy it as a file first, and let the program read that: pmx vm cp FILE VM:/tmp/FILE',
      'Or go over SSH, which has no limit: pmx vm ssh VM -- COMMAND',
    ],
    data: { bytes: input.length, limit: maxInput },
  });
}
