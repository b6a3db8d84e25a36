import type {
  ConfigValue,
  Effect,
  Guest,
  Impact,
  Json,
  Plan,
  PveConfigureArgs,
  Step,
  Value,
} from '@pmx-cli/kit';
import { ref, secretRef } from '@pmx-cli/kit';

import { readDrive } from '../permissions/vm-options.js';
import { type GuestConfig, isSecretOption, sameValue } from '../shared/guest-config.js';
import { guestLabel, guestPath, kindOf } from './kind.js';

export interface OptionChange {
  option: string;
  old: ConfigValue;
  new: ConfigValue;
}

export interface ConfigureResult {
  vmid: number;
  name: string;
  node: string;
  /** False when everything was like this already. */
  changed: boolean;
  changes: OptionChange[];
  /** Options that take effect with the next start only. */
  restartNeeded: string[];
}

export interface ConfigureRequest {
  guest: Guest;
  /** As it is now, with what waits for a restart. */
  config: GuestConfig;
  set: Readonly<Record<string, string | number>>;
  remove?: readonly string[];
  /** Values of secret options in `set`; they stay in memory. */
  secrets?: Readonly<Record<string, string>>;
  /** `set`, `tag`, `nic.add` … */
  verb: string;
  title: string;
  notes?: readonly string[];
  impact?: Impact;
  /** More that the result holds. */
  result?: { readonly [key: string]: Value };
}

const hidden = '(secret)';

/** Options that are off when nothing is set. */
const offByDefault = new Set(['onboot', 'protection', 'agent', 'template', 'numa', 'debug']);

/** What of a request is not so already. */
export function changesOf({
  config,
  set,
  remove = [],
  secrets = {},
}: ConfigureRequest): OptionChange[] {
  const changes: OptionChange[] = [];
  for (const [option, value] of Object.entries(set)) {
    const old = config[option] ?? null;
    if (sameValue(option, old ?? (offByDefault.has(option) ? '0' : null), value)) continue;
    changes.push({ option, old, new: value });
  }
  for (const option of Object.keys(secrets))
    changes.push({ option, old: config[option] === undefined ? null : hidden, new: hidden });
  for (const option of remove)
    if (config[option] !== undefined) changes.push({ option, old: config[option], new: null });
  return changes;
}

/**
 * Changes options of one guest. Only what differs is sent; undo restores the values of now and
 * removes what was not set.
 */
export function planConfigure(request: ConfigureRequest): Plan {
  const { guest, verb, title } = request;
  const target = guestLabel(guest);
  const changes = changesOf(request);
  const changed = changes.length > 0;
  const plan = {
    operation: `${kindOf(guest).topic}.${verb}`,
    target,
    title: `${title} on node ${guest.node}`,
    ...(request.impact && changed && { impact: request.impact }),
  };
  const result = {
    vmid: guest.vmid,
    name: guest.name,
    node: guest.node,
    changed,
    changes: changes as unknown as Json,
    restartNeeded: ref('pending'),
    ...request.result,
  };
  if (!changed) {
    return {
      ...plan,
      steps: [],
      variables: { pending: [] },
      notes: [...(request.notes ?? []), `${target}: nothing to change.`],
      result,
    };
  }
  return {
    ...plan,
    steps: [configureStep(request, changes)],
    variables: { after: null, pending: [] },
    notes: [
      ...changes.map((change) => `${target}: ${changeText(change)}`),
      ...(request.notes ?? []),
      ...warnings(request, changes),
    ],
    ...(request.secrets && { secrets: request.secrets }),
    result,
  };
}

/** `memory: 2048 → 4096`. */
export function changeText({ option, old, new: value }: OptionChange): string {
  return `${option}: ${shown(old)} → ${shown(value)}`;
}

function shown(value: ConfigValue): string {
  if (value === null) return 'not set';
  const text = String(value).trimEnd().split('\n').join(' ⏎ ');
  return text.trim() === '' ? "''" : text;
}

function warnings({ guest }: ConfigureRequest, changes: readonly OptionChange[]): string[] {
  const secret = changes.filter(({ option }) => isSecretOption(option));
  return [
    ...(guest.status === 'running' && changes.some(({ option }) => !alwaysAtOnce.has(option))
      ? [`${guestLabel(guest)} runs: what cannot change meanwhile waits for its next start.`]
      : []),
    ...secret.map(({ option }) => `The old ${option} cannot be read, so undo cannot restore it.`),
  ];
}

/** They describe the guest and are no part of the machine that runs. */
const alwaysAtOnce = new Set(['name', 'description', 'tags', 'onboot', 'protection', 'startup']);

function configureStep(request: ConfigureRequest, changes: readonly OptionChange[]): Step {
  const { guest, secrets = {}, title } = request;
  const remove = changes.filter(({ new: value }) => value === null).map(({ option }) => option);
  const set: Record<string, Value> = {};
  for (const { option, new: value } of changes) {
    if (option in secrets) set[option] = secretRef(option);
    else if (value !== null) set[option] = value;
  }
  const visible = changes.filter(({ option }) => !(option in secrets) && !isSecretOption(option));
  const before = Object.fromEntries(visible.map(({ option, old }) => [option, old]));
  const made = changes.filter((change) => allocates(guest, change)).map(({ option }) => option);
  const args: PveConfigureArgs = {
    path: guestPath(guest),
    set,
    ...(remove.length > 0 && { remove }),
    before,
    ...(made.length > 0 && guest.type === 'qemu' && { inTask: true }),
  };
  const removesVolume = remove.some((option) => option.startsWith('unused'));
  return {
    id: 'configure',
    title,
    kind: 'pve.configure',
    args,
    bind: { after: 'after', pending: 'pending' },
    ...(removesVolume ? { destructive: true } : { undo: [restore(request, args, made)] }),
  };
}

function restore(
  { guest }: ConfigureRequest,
  args: PveConfigureArgs,
  discard: readonly string[],
): Effect & { title: string } {
  return {
    title: `Restore ${Object.keys(args.before).join(', ') || 'nothing'} of ${guestLabel(guest)}`,
    kind: 'pve.restore-config',
    args: { ...args, after: ref('after'), ...(discard.length > 0 && { discard }) },
  };
}

/** `local:20`, `fast:0,import-from=…`, `local:cloudinit`: the server makes a volume for it. */
function allocates({ type }: Guest, { option, new: value }: OptionChange): boolean {
  if (value === null) return false;
  const isVolume =
    type === 'lxc' ? /^(?:mp\d+|rootfs)$/ : /^(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+$/;
  if (!isVolume.test(option)) return false;
  const drive = readDrive(String(value));
  return drive.allocates || /:cloudinit(?:,|$)/.test(String(value));
}
