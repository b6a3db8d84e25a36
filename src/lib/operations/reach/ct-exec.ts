import {
  type Guest,
  type Plan,
  type PveReader,
  ref,
  type SecretRef,
  secretRef,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { guestLabel } from '../guest/kind.js';
import { quoted, refuseOption, sshFlags, type SshOptions } from './ssh.js';

export interface NodeExecRequest extends SshOptions {
  guest: Guest;
  command: readonly string[];
  /** Only say how. */
  print: boolean;
  /** One of several: it has no terminal, and its output is a part of the result. */
  apart: boolean;
}

export interface NodeExecResult {
  vmid: number;
  name: string;
  node: string;
  /** Where the node was reached. */
  address: string;
  /** To paste into a shell; the program's arguments are left out. */
  line: string;
  /** Null when ssh was not run. */
  exitCode: number | null;
  /** Of one of several. */
  stdout?: string;
  stderr?: string;
  /** Of `stdout` and `stderr`: base64 when they are no UTF-8 text. */
  encoding?: 'utf8' | 'base64';
}

export const nodeSshMissing =
  'Install an SSH client (package openssh-client or openssh-clients); the API of Proxmox VE runs nothing in containers.';

/** ssh's own exit code when it could not connect, or lost the connection. */
export const sshFailed = 255;

export interface NodeWay {
  /** Where the node is reached. */
  address: string;
  /** Everything for ssh up to the program in the container. */
  front: string[];
}

/** `pct exec` on the container's node: the API has nothing like it. */
export async function wayThroughNode(
  pve: PveReader,
  guest: Guest,
  options: SshOptions,
  more: readonly string[] = [],
): Promise<NodeWay> {
  const { user = 'root' } = options;
  refuseOption('user', user);
  refuseOption('host', options.host);
  const address = options.host ?? (await addressOfNode(pve, guest.node));
  return {
    address,
    front: [
      ...sshFlags(options, '-p'),
      ...more,
      ...['-l', user, address, '--', 'pct', 'exec', String(guest.vmid), '--'],
    ],
  };
}

/** @throws RequestError `PMX_GUEST_NOT_RUNNING` */
export function requireRunning(guest: Guest): void {
  if (guest.status === 'running') return;
  throw new RequestError({
    code: 'PMX_GUEST_NOT_RUNNING',
    message: `${guestLabel(guest)} is ${guest.status}.`,
    hints: [`Start it: pmx ct start ${guest.vmid}`],
  });
}

export async function planNodeExec(pve: PveReader, request: NodeExecRequest): Promise<Plan> {
  const { guest, command, print, apart } = request;
  if (!print) requireRunning(guest);
  // Nobody could answer a question of one among several.
  const { address, front } = await wayThroughNode(
    pve,
    guest,
    request,
    apart ? ['-o', 'BatchMode=yes'] : [],
  );
  const { vmid, name, node } = guest;
  const [program = '', ...words] = command;
  // The shell of the node takes the line apart again.
  const held = Object.fromEntries(words.map((word, index) => [`word ${index + 1}`, quoted(word)]));
  const behind: Array<string | SecretRef> = [quoted(program), ...Object.keys(held).map(secretRef)];
  const title = `Run ${program} in ${guestLabel(guest)} through node ${node}`;
  const ssh = { program: 'ssh', arguments: [...front, ...behind], hint: nodeSshMissing };
  const step: Plan['steps'][number] = apart
    ? {
        id: 'exec',
        title,
        kind: 'process.run',
        args: { ...ssh, holds: { stdout: 'stdout', stderr: 'stderr' } },
        bind: { exitCode: 'exitCode', encoding: 'encoding' },
      }
    : { id: 'exec', title, kind: 'process.attach', args: ssh, bind: { exitCode: 'exitCode' } };
  return {
    operation: 'ct.exec',
    target: guestLabel(guest),
    title,
    local: true,
    steps: print ? [] : [step],
    result: {
      vmid,
      name,
      node,
      address,
      line: ['ssh', ...front, program].map(quoted).join(' '),
      exitCode: print ? null : ref('exitCode'),
      ...(apart &&
        !print && {
          stdout: secretRef('stdout'),
          stderr: secretRef('stderr'),
          encoding: ref('encoding'),
        }),
    },
    held,
  };
}

/** As the cluster knows it; its name where nobody may see that. */
async function addressOfNode(pve: PveReader, node: string): Promise<string> {
  type Entry = { type: string; name: string; ip?: string };
  const entries = await pve.get<Entry[]>('/cluster/status').catch(() => [] as Entry[]);
  return entries.find((entry) => entry.type === 'node' && entry.name === node)?.ip ?? node;
}
