import {
  type Guest,
  type Inventory,
  markerLine,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
} from '@pmx-cli/kit';

import { RequestError } from '@pmx-cli/kit/errors';

import { planClone } from '../guest/clone.js';
import { guestLabel } from '../guest/kind.js';
import { readConfig } from '../guest/reads.js';
import type { GuestConfig } from '../shared/guest-config.js';
import { startSteps } from '../vm/create-steps.js';
import { convertStep } from './clone.js';
import { newVersion } from './publish.js';
import { type Bake, type BakeRequest, bakes, readBake } from './bake/recipe.js';
import { contentSteps, runStep } from './bake/content-steps.js';
import { cleanSteps, shutdownStep } from './seal.js';
import { isVersionTag, recordLine, type TemplateRecord } from './record.js';

export interface FromVmRequest {
  source: Guest;
  name: string;
  vmid?: number;
  vmids?: string;
  pool?: string;
  node?: string;
  storage?: string;
  tags: readonly string[];
  version?: string;
  keepLatest?: boolean;
  retires?: ((node: string) => boolean) | undefined;
  /** Leave the clone as it is: keys, machine-id and all. */
  unsealed?: boolean;
  /** What to put into it, with its network on. */
  bake?: BakeRequest;
  timeoutSeconds: number;
}

export interface FromVmResult {
  vmid: number;
  name: string;
  /** Null for a template without versions. */
  version: string | null;
  node: string;
  source: { vmid: number; name: string };
  /** Whether keys and machine-id were removed. */
  sealed: boolean;
  operation: string;
}

/**
 * VM → template by way of a full clone: the VM itself is never touched. Undo removes the clone.
 * @throws RequestError as `vm clone` does, `PMX_VERSION_EXISTS`, `PMX_BAKE_UNSUPPORTED`
 */
export async function planFromVm(
  pve: PveReader,
  inventory: Inventory,
  request: FromVmRequest,
): Promise<Plan> {
  const { source, name, unsealed = false } = request;
  const node = request.node ?? source.node;
  const [config, published] = await Promise.all([
    readConfig(pve, source),
    newVersion(pve, inventory, {
      name,
      node,
      promote: request.keepLatest !== true,
      retires: request.retires,
      ...(request.version !== undefined && { wanted: request.version }),
    }),
  ]);
  const bake = bakes(request.bake) ? await readBake(request.bake) : undefined;
  if (bake) refuseUnbakeable(source, config);
  const own = source.tags.filter((tag) => !isVersionTag(tag));
  const tags = [...new Set([...own, ...request.tags, ...published.tags])];
  const plan = await planClone(pve, inventory, {
    source,
    name,
    kind: 'full',
    ...optional({ vmid: request.vmid, vmids: request.vmids, pool: request.pool }),
    ...optional({ node: request.node, storage: request.storage }),
    set: {
      ...(tags.join(';') !== own.join(';') && { tags: tags.join(';') }),
      ...(bake ? networks(config, false) : unsealed ? {} : networks(config, true)),
    },
  });
  const path = text`/nodes/${node}/qemu/${ref('vmid')}`;
  const made = new Date().toISOString().slice(0, 10);
  const record: TemplateRecord = {
    ...(published.version !== undefined && { version: published.version }),
    source: `vm/${source.vmid}`,
    ...(bake && { recipe: bake.recipe }),
    made,
  };
  return {
    ...plan,
    operation: 'template.create',
    target: `template ${name}`,
    title: `Create template ${name} from a clone of ${guestLabel(source)} on node ${node}`,
    steps: [
      ...plan.steps,
      ...(bake
        ? bakingSteps(node, name, bake, unsealed)
        : unsealed
          ? []
          : sealSteps(node, name, config, request.timeoutSeconds)),
      {
        id: 'describe',
        title: `Note where ${name} comes from`,
        kind: 'pve.call',
        args: {
          method: 'PUT',
          path: text`${path}/config`,
          params: {
            description: text`Template made by pmx on ${made} from VM ${source.vmid} (${source.name})\n${recordLine(record)}\n${markerLine}`,
          },
          idempotent: true,
        },
      },
      convertStep(node, name),
      ...published.retire,
    ],
    variables: { ...plan.variables, ...published.variables },
    notes: [
      ...(plan.notes ?? []),
      ...(source.status === 'running'
        ? [`${guestLabel(source)} runs: the clone is as after a power cut.`]
        : []),
      ...(bake
        ? [
            `The clone runs with its network on. Addresses that are set inside of ${guestLabel(source)} are there twice while both run.`,
          ]
        : []),
      ...(unsealed ? ['Not sealed: every VM made of it has the same keys and machine-id.'] : []),
    ],
    result: {
      vmid: ref('vmid'),
      name,
      version: published.version ?? null,
      node,
      source: { vmid: source.vmid, name: source.name },
      sealed: !unsealed,
      operation: ref('operation'),
    },
  };
}

/** With its network: packages come from somewhere. */
function bakingSteps(node: string, name: string, bake: Bake, unsealed: boolean): Step[] {
  const path = text`/nodes/${node}/qemu/${ref('vmid')}`;
  const { timeoutSeconds } = bake;
  return [
    ...startSteps(node, name, path, { until: 'agent', timeoutSeconds }),
    runStep(bake, node, {
      id: 'first-boot',
      title: 'Wait for the end of cloud-init, where there is one',
      called: 'cloud-init status --wait',
      command: [
        'sh',
        '-c',
        'command -v cloud-init > /dev/null && cloud-init status --wait > /dev/null; true',
      ],
    }),
    ...contentSteps(bake, node, name),
    ...(unsealed
      ? [shutdownStep(node, name, timeoutSeconds)]
      : cleanSteps(node, name, timeoutSeconds)),
  ];
}

/** @throws RequestError `PMX_BAKE_UNSUPPORTED` */
function refuseUnbakeable(source: Guest, config: GuestConfig): void {
  const agent = String(config['agent'] ?? '0');
  const fixed = Object.entries(config)
    .filter(([key]) => /^ipconfig\d+$/.test(key))
    .flatMap(
      ([, value]) => /\bip6?=(\d+\.[^,]*|[\da-f]{0,4}:[^,]*)/i.exec(String(value))?.[1] ?? [],
    );
  const [why, hint] = !/(?:^|,|enabled=)1(?:,|$)/.test(agent)
    ? ['its guest agent is switched off', `Switch it on: pmx vm set ${source.vmid} --agent`]
    : source.status === 'running' && fixed.length > 0
      ? [
          `it runs with the address ${fixed.join(', ')}, and a clone of it that runs as well would have the same`,
          `Shut it down first: pmx vm shutdown ${source.vmid}`,
        ]
      : [];
  if (why === undefined) return;
  throw new RequestError({
    code: 'PMX_BAKE_UNSUPPORTED',
    message: `Packages, scripts and snippets cannot be put into a clone of ${guestLabel(source)}: ${why}.`,
    hints: [hint!, 'Or leave --packages, --snippet and --script out.'],
  });
}

/** Without a network: its addresses are still those of the VM that it was cloned from. */
function sealSteps(
  node: string,
  name: string,
  config: GuestConfig,
  timeoutSeconds: number,
): Step[] {
  const path = text`/nodes/${node}/qemu/${ref('vmid')}`;
  const connected = networks(config, false);
  return [
    ...startSteps(node, name, path, { until: 'agent', timeoutSeconds }),
    ...cleanSteps(node, name, timeoutSeconds),
    ...(Object.keys(connected).length === 0
      ? []
      : [
          {
            id: 'connect',
            title: `Connect the network devices of ${name} again`,
            kind: 'pve.call',
            args: {
              method: 'PUT',
              path: text`${path}/config`,
              params: connected,
              idempotent: true,
            },
          } satisfies Step,
        ]),
  ];
}

/** The network devices of the VM, without its MAC addresses. */
function networks(config: GuestConfig, down: boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => /^net\d+$/.test(key))
      .map(([key, value]) => {
        const [model = '', ...parts] = String(value).split(',');
        const rest = down
          ? [...parts.filter((part) => !/^link_down=/.test(part)), 'link_down=1']
          : parts;
        return [key, [model.split('=', 1)[0], ...rest].join(',')];
      }),
  );
}

function optional<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
