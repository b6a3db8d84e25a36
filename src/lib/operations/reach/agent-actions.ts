import { type Guest, type Plan, ref, secretRef, type Value } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

export interface AgentActionResult {
  vmid: number;
  name: string;
  node: string;
}

export interface FreezeResult extends AgentActionResult {
  /** File systems that were frozen or thawed just now. */
  fileSystems: number;
}

export interface TrimResult extends AgentActionResult {
  paths: Array<{ path: string; trimmed?: number; minimum?: number; error?: string }>;
}

const named = (guest: Guest): string => `VM ${guest.vmid} (${guest.name})`;

interface Action {
  verb: string;
  title: string;
  command: string;
  params?: { readonly [name: string]: Value | undefined };
  more?: Partial<Plan>;
  undo?: { title: string; command: string };
  result?: { readonly [name: string]: Value };
  bind?: { readonly [variable: string]: string };
}

function planAction(guest: Guest, action: Action): Plan {
  const { vmid, name, node } = guest;
  const { verb, title, command, params = {}, undo, result = {}, bind = {}, more } = action;
  return {
    operation: `vm.agent.${verb}`,
    target: named(guest),
    title: `${title} ${named(guest)}`,
    steps: [
      {
        id: verb,
        title: `${title} ${named(guest)}`,
        kind: 'guest.agent',
        args: { node, vmid, command, params },
        bind: { answer: 'answer', ...bind },
        ...(undo && {
          undo: [
            { title: undo.title, kind: 'guest.agent', args: { node, vmid, command: undo.command } },
          ],
        }),
      },
    ],
    result: { vmid, name, node, ...result },
    ...more,
  };
}

/** Writes wait in the guest from then on; when its end was not seen it is thawed. */
export function planFreeze(guest: Guest): Plan {
  return planAction(guest, {
    verb: 'freeze',
    title: 'Freeze the file systems of',
    command: 'fsfreeze-freeze',
    undo: { title: `Thaw the file systems of ${named(guest)}`, command: 'fsfreeze-thaw' },
    result: { fileSystems: ref('answer') },
    more: {
      notes: [
        `Whoever writes in ${named(guest)} waits from now on: pmx vm agent thaw ${guest.vmid}`,
      ],
    },
  });
}

export function planThaw(guest: Guest): Plan {
  return planAction(guest, {
    verb: 'thaw',
    title: 'Thaw the file systems of',
    command: 'fsfreeze-thaw',
    result: { fileSystems: ref('answer') },
  });
}

export function planTrim(guest: Guest): Plan {
  return planAction(guest, {
    verb: 'fstrim',
    title: 'Give back unused blocks of',
    command: 'fstrim',
    result: { paths: ref('paths') },
    bind: { paths: 'paths' },
  });
}

export interface PasswordResult extends AgentActionResult {
  user: string;
}

const passwordLength = { least: 5, most: 1024 };

/** @throws RequestError `PMX_INVALID_GUEST_PASSWORD` */
export function planPassword(guest: Guest, user: string, password: string, crypted: boolean): Plan {
  const { least, most } = passwordLength;
  if (password.length < least || password.length > most)
    throw new RequestError({
      code: 'PMX_INVALID_GUEST_PASSWORD',
      message: `The new password has ${password.length} characters; Proxmox VE takes ${least} to ${most}.`,
      hints: ['Nothing was changed.'],
    });
  return planAction(guest, {
    verb: 'passwd',
    title: `Set the password of ${user} in`,
    command: 'set-user-password',
    params: { username: user, password: secretRef('password'), ...(crypted && { crypted }) },
    result: { user },
    more: { secrets: { password } },
  });
}

export interface FileWriteResult extends AgentActionResult {
  path: string;
  bytes: number;
}

/** What fits into the 61440 characters of base64 that Proxmox VE takes. */
const maxContent = 46_080;

/** @throws RequestError `PMX_INPUT_TOO_LARGE`, `PMX_INVALID_COPY` */
export function planFileWrite(guest: Guest, path: string, content: Buffer): Plan {
  if (content.length > maxContent)
    throw new RequestError({
      code: 'PMX_INPUT_TOO_LARGE',
      message: `There are ${content.length} bytes, and one file-write of Proxmox VE takes ${maxContent}.`,
      hints: ['pmx vm cp sends any file, in pieces: pmx vm cp FILE VM:/path'],
      data: { bytes: content.length, limit: maxContent },
    });
  return planAction(guest, {
    verb: 'file-write',
    title: `Write ${path} in`,
    command: 'file-write',
    params: { file: path, content: secretRef('content'), encode: false },
    result: { path, bytes: content.length },
    more: { held: { content: content.toString('base64') } },
  });
}
