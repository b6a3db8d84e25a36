import {
  type Guest,
  type Plan,
  type PveReader,
  ref,
  type SecretRef,
  secretRef,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { guestLabel, guestPath, kindOf } from '../guest/kind.js';
import { type AddressSource, findAddress } from './address.js';

export interface SshOptions {
  user?: string;
  host?: string;
  port?: number;
  identity?: string;
  jump?: string;
}

export interface SshRequest extends SshOptions {
  guest: Guest;
  /** Runs in the guest; its login shell when empty. */
  command: readonly string[];
  tty: boolean;
  /** Only say how. */
  print: boolean;
}

export interface SshResult {
  vmid: number;
  name: string;
  address: string;
  /** Who said so. */
  source: AddressSource;
  user: string | null;
  /** To paste into a shell; a command behind it is left out. */
  line: string;
  /** Null when ssh was not run. */
  exitCode: number | null;
}

export interface Destination {
  address: string;
  source: AddressSource;
  user: string | undefined;
}

export const sshMissing =
  'Install an SSH client (package openssh-client or openssh-clients), or reach the guest without one: pmx vm exec VM -- COMMAND';

/** Address and user: as given, else what the guest or its configuration says. */
export async function destinationOf(
  pve: PveReader,
  guest: Guest,
  { host, user }: SshOptions,
): Promise<Destination> {
  for (const [what, word] of [
    ['user', user],
    ['host', host],
  ] as const)
    refuseOption(what, word);
  const config = await pve.get<Record<string, string | number>>(`${guestPath(guest)}/config`);
  const found =
    host === undefined
      ? await findAddress(pve, guest, config)
      : { address: host, source: 'flag' as const };
  const ciuser = config['ciuser'];
  return {
    ...found,
    user: user ?? (typeof ciuser === 'string' ? ciuser : guest.type === 'lxc' ? 'root' : undefined),
  };
}

/** Nothing that ssh would take for an option of its own. */
export function refuseOption(what: string, word: string | undefined): void {
  if (word === undefined || (/^[^-\s@]\S*$/.test(word) && !/[\0-\x1f]/.test(word))) return;
  throw new RequestError({
    code: 'PMX_INVALID_SSH_WORD',
    message: `'${word}' is no ${what} for ssh.`,
    hints: ['It must not be empty, have blanks, or begin with a dash.'],
  });
}

/** Flags that ssh and scp have in common; the port has another letter in each. */
export function sshFlags({ port, identity, jump }: SshOptions, portFlag: '-p' | '-P'): string[] {
  refuseOption('host to go through', jump?.replaceAll('@', '.'));
  return [
    ...(port === undefined ? [] : [portFlag, String(port)]),
    ...(identity === undefined ? [] : ['-i', identity]),
    ...(jump === undefined ? [] : ['-J', jump]),
  ];
}

export async function planSsh(pve: PveReader, request: SshRequest): Promise<Plan> {
  const { guest, command, tty, print } = request;
  const { address, source, user } = await destinationOf(pve, guest, request);
  const words: string[] = [
    ...sshFlags(request, '-p'),
    ...(user === undefined ? [] : ['-l', user]),
    ...(tty ? ['-t'] : []),
    address,
  ];
  const held = Object.fromEntries(command.map((word, index) => [`word ${index + 1}`, word]));
  const behind: Array<string | SecretRef> =
    command.length === 0 ? [] : ['--', ...Object.keys(held).map(secretRef)];
  const target = guestLabel(guest);
  const title = `${command.length === 0 ? 'Log in to' : 'Run a command in'} ${target} at ${address}`;
  return {
    operation: `${kindOf(guest).topic}.ssh`,
    target,
    title,
    local: true,
    steps: print
      ? []
      : [
          {
            id: 'ssh',
            title,
            kind: 'process.attach',
            args: { program: 'ssh', arguments: [...words, ...behind], hint: sshMissing },
            bind: { exitCode: 'exitCode' },
          },
        ],
    result: {
      vmid: guest.vmid,
      name: guest.name,
      address,
      source,
      user: user ?? null,
      line: ['ssh', ...words].map(quoted).join(' '),
      exitCode: print ? null : ref('exitCode'),
    },
    held,
  };
}

/** A word as a POSIX shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
