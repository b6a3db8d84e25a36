import { stat } from 'node:fs/promises';

import type { Guest, Plan, PveReader } from '@pmx-cli/kit';

import { guestLabel, kindOf } from '../guest/kind.js';
import type { CopyWords } from './copy.js';
import { destinationOf, sshFlags, sshMissing, type SshOptions } from './ssh.js';

export interface ScpRequest extends CopyWords, SshOptions {
  guest: Guest;
}

/** With scp, which knows what has to be known of folders and half-done copies. */
export async function planScp(pve: PveReader, request: ScpRequest): Promise<Plan> {
  const { guest, source, destination } = request;
  const { address, user } = await destinationOf(pve, guest, request);
  const host = address.includes(':') ? `[${address}]` : address;
  const side = ({ guest: inGuest, path }: CopyWords['source']): string =>
    inGuest === undefined
      ? // A colon in it would make it a host.
        path.startsWith('/')
        ? path
        : `./${path}`
      : `${user === undefined ? '' : `${user}@`}${host}:${path}`;
  const folder =
    source.guest === undefined &&
    (await stat(source.path).catch(() => undefined))?.isDirectory() === true;
  const [from, to] = [side(source), side(destination)];
  const title = `Copy ${from} to ${to} with scp`;
  const { vmid, name, node } = guest;
  return {
    operation: `${kindOf(guest).topic}.cp`,
    target: guestLabel(guest),
    title,
    local: true,
    steps: [
      {
        id: 'scp',
        title,
        kind: 'process.attach',
        args: {
          program: 'scp',
          arguments: [
            ...sshFlags(request, '-P'),
            ...(folder || source.guest !== undefined ? ['-r'] : []),
            '--',
            from,
            to,
          ],
          hint: sshMissing,
          mustSucceed: true,
        },
      },
    ],
    notes: [`It goes over SSH to ${address}.`],
    result: {
      vmid,
      name,
      node,
      source: from,
      destination: to,
      via: 'ssh',
      bytes: null,
      checked: false,
    },
  };
}
