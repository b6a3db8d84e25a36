import { allSteps, type Guest, type Operations, type Plan, type PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { type GuestConfig, isSecretOption } from '../shared/guest-config.js';
import { type ConfigureResult, planConfigure } from './configure.js';
import { guestLabel, kindOf } from './kind.js';
import { eachGuest, readConfig } from './reads.js';

/** A value, or how it comes from the guest's present configuration. */
export type Wanted = string | number | ((config: GuestConfig) => string | number);

export interface SetRequest {
  guests: readonly Guest[];
  set: Readonly<Record<string, Wanted>>;
  remove: readonly string[];
  secrets?: Readonly<Record<string, string>>;
}

export type SetResult = ConfigureResult;

/**
 * One plan for each guest, with only what differs there.
 * @throws RequestError `PMX_NOTHING_TO_SET`, `PMX_ONE_GUEST_ONLY`, `PMX_INVALID_GUEST_OPTION`
 */
export async function planSet(
  pve: PveReader,
  operations: Pick<Operations, 'check'>,
  request: SetRequest,
): Promise<Plan[]> {
  const { guests, set, remove, secrets } = request;
  refuse(request);
  const plans = await eachGuest(guests, async (guest) => {
    const config = await readConfig(pve, guest);
    const values = Object.entries(set).map(([option, wanted]): [string, string | number] => [
      option,
      typeof wanted === 'function' ? wanted(config) : wanted,
    ]);
    return planConfigure({
      guest,
      config,
      set: Object.fromEntries(values),
      remove,
      ...(secrets && Object.keys(secrets).length > 0 && { secrets }),
      verb: 'set',
      title: `Change ${guestLabel(guest)}`,
      ...removedVolumes(config, remove),
    });
  });
  await refuseInvalid(operations, plans);
  return plans;
}

/** Deleting an unused disk from the configuration deletes its volume. */
function removedVolumes(config: GuestConfig, remove: readonly string[]) {
  const gone = remove.filter((option) => /^unused\d+$/.test(option) && config[option]);
  if (gone.length === 0) return {};
  const removes = gone.map((option) => ({
    what: 'disk',
    name: String(config[option]),
    detail: option,
  }));
  return { impact: { removes, keeps: [] } };
}

const oncePerCluster = new Set(['name', 'hostname']);

function refuse({ guests, set, remove, secrets = {} }: SetRequest): void {
  const options = [...Object.keys(set), ...Object.keys(secrets)];
  if (options.length + remove.length === 0) {
    throw new RequestError({
      code: 'PMX_NOTHING_TO_SET',
      message: 'Nothing is said to be changed.',
      hints: ['For example: --memory 4G, --set KEY=VALUE, --delete KEY'],
    });
  }
  const both = remove.filter((option) => options.includes(option));
  if (both.length > 0) {
    throw new RequestError({
      code: 'PMX_INVALID_GUEST_OPTION',
      message: `${both.join(', ')}: both a new value and --delete are given.`,
      hints: ['Leave one of them out.'],
    });
  }
  const unique = options.find((option) => oncePerCluster.has(option));
  if (guests.length > 1 && unique !== undefined) {
    const { noun } = kindOf(guests[0]!);
    throw new RequestError({
      code: 'PMX_ONE_GUEST_ONLY',
      message: `--${unique} would give ${guests.length} ${noun}s the same name.`,
      hints: [`Name one ${noun} only.`],
    });
  }
}

/** Held against the server's own description, so that nothing is sent that it would refuse. */
async function refuseInvalid(operations: Pick<Operations, 'check'>, plans: Plan[]): Promise<void> {
  const distinct = new Map(
    plans
      .filter(({ steps }) => steps.length > 0)
      .map((plan) => [JSON.stringify(valuesOf(plan)), plan]),
  );
  for (const plan of distinct.values()) {
    const problems = await operations.check(plan);
    if (problems.length === 0) continue;
    throw new RequestError({
      code: 'PMX_INVALID_GUEST_OPTION',
      message: problems.join(' '),
      hints: ['pmx api get /nodes/NODE/qemu/VMID/config shows what is set now.'],
    });
  }
}

function valuesOf(plan: Plan): unknown {
  return allSteps(plan.steps).map((step) => 'set' in step.args && step.args.set);
}

/**
 * `KEY=VALUE` words.
 * @throws RequestError `PMX_INVALID_GUEST_OPTION`, `PMX_SECRET_IN_ARGUMENTS`
 */
export function parseSettings(words: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const word of words) {
    const [, key, value] = /^([a-z][\w-]*)=(.*)$/is.exec(word) ?? [];
    if (key === undefined || value === undefined) {
      throw new RequestError({
        code: 'PMX_INVALID_GUEST_OPTION',
        message: `'${word}' is not KEY=VALUE.`,
        hints: ['For example: --set vga=serial0'],
      });
    }
    if (isSecretOption(key)) {
      throw new RequestError({
        code: 'PMX_SECRET_IN_ARGUMENTS',
        message: `${key} is a secret, and arguments can be read by everybody on this machine.`,
        hints: ['Give --cipassword to be asked for it, or --cipassword-stdin.'],
      });
    }
    settings[key] = value;
  }
  return settings;
}

/** `--agent` and `--no-agent` leave the other parts of the option as they are. */
export function agentOption(on: boolean): Wanted {
  return (config) => {
    const now = String(config['agent'] ?? '');
    const rest = now.split(',').filter((part) => part !== '' && !/^(?:enabled=)?[01]$/.test(part));
    return rest.length > 0 ? [`enabled=${Number(on)}`, ...rest].join(',') : Number(on);
  };
}

/** `scsi0,net0` → `order=scsi0;net0`; what PVE itself writes stays. */
export function bootOption(value: string): string {
  return value.includes('=') ? value : `order=${value.split(/[,;\s]+/).join(';')}`;
}
