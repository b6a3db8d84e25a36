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
}

const missing =
  'Install an SSH client (package openssh-client or openssh-clients); the API of Proxmox VE runs nothing in containers.';

/** `pct exec` on the container's node: the API has nothing like it. */
export async function planNodeExec(pve: PveReader, request: NodeExecRequest): Promise<Plan> {
  const { guest, command, print, user = 'root' } = request;
  if (guest.status !== 'running' && !print)
    throw new RequestError({
      code: 'PMX_GUEST_NOT_RUNNING',
      message: `${guestLabel(guest)} is ${guest.status}.`,
      hints: [`Start it: pmx ct start ${guest.vmid}`],
    });
  refuseOption('user', user);
  refuseOption('host', request.host);
  const address = request.host ?? (await addressOfNode(pve, guest.node));
  const { vmid, name, node } = guest;
  const [program = '', ...words] = command;
  // The shell of the node takes the line apart again.
  const held = Object.fromEntries(words.map((word, index) => [`word ${index + 1}`, quoted(word)]));
  const behind: Array<string | SecretRef> = [quoted(program), ...Object.keys(held).map(secretRef)];
  const front = [
    ...sshFlags(request, '-p'),
    ...['-l', user, address, '--', 'pct', 'exec', String(vmid), '--'],
  ];
  const title = `Run ${program} in ${guestLabel(guest)} through node ${node}`;
  return {
    operation: 'ct.exec',
    target: guestLabel(guest),
    title,
    local: true,
    steps: print
      ? []
      : [
          {
            id: 'exec',
            title,
            kind: 'process.attach',
            args: {
              program: 'ssh',
              arguments: [...front, ...behind],
              hint: missing,
            },
            bind: { exitCode: 'exitCode' },
          },
        ],
    result: {
      vmid,
      name,
      node,
      address,
      line: ['ssh', ...front, program].map(quoted).join(' '),
      exitCode: print ? null : ref('exitCode'),
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
