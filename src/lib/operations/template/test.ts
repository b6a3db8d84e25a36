import { generateKeyPairSync } from 'node:crypto';

import {
  type Guest,
  type Inventory,
  type Json,
  type Plan,
  type PveReader,
  ref,
  type Step,
  text,
  type Value,
} from '@pmx-cli/kit';

import { planClone } from '../guest/clone.js';
import { readConfig } from '../guest/reads.js';
import { startSteps } from '../vm/create-steps.js';
import { bootDisk, bytesToSize, drivesOf, sizeToBytes } from '../shared/guest-config.js';
import { ownTags } from './clone.js';

export interface TemplateTestRequest {
  template: Guest;
  /** Account that cloud-init has to make. */
  user: string;
  timeoutSeconds: number;
  vmids?: string;
}

export interface TestCheck {
  name: string;
  ok: boolean;
  detail: string;
}

export interface TemplateTestResult {
  vmid: number;
  name: string;
  node: string;
  clone: { vmid: number; name: string; address: string | null };
  ok: boolean;
  checks: TestCheck[];
}

/**
 * A clone is started, looked into through its agent, and destroyed: by the last step, or by undo.
 * @throws RequestError as `vm clone` does
 */
export async function planTemplateTest(
  pve: PveReader,
  inventory: Inventory,
  request: TemplateTestRequest,
): Promise<Plan> {
  const { template, user, timeoutSeconds } = request;
  const name = `pmx-test-${template.vmid}`;
  const { node } = template;
  const config = await readConfig(pve, template);
  const cloudInit = drivesOf(config).some(({ kind }) => kind === 'cloudinit');
  const key = newPublicKey();
  const plan = await planClone(pve, inventory, {
    source: template,
    name,
    ...(request.vmids !== undefined && { vmids: request.vmids }),
    set: {
      ...ownTags(template).set,
      ...(cloudInit && { ciuser: user, sshkeys: encodeURIComponent(key), ipconfig0: 'ip=dhcp' }),
    },
  });
  const path = text`/nodes/${node}/qemu/${ref('vmid')}`;
  const disk = bootDisk(config);
  const size = sizeToBytes(disk?.size);
  // Twice as much: then also what boot partitions take away does not hide that nothing grew.
  const grown = size === undefined ? undefined : size * 2;
  const checks = checksOf({ name, user, key, grown, cloudInit });
  const resize: Step[] =
    disk && grown !== undefined
      ? [
          {
            id: 'resize',
            title: `Resize disk ${disk.slot} to ${bytesToSize(grown)}`,
            kind: 'pve.call',
            args: {
              method: 'PUT',
              path: text`${path}/resize`,
              params: { disk: disk.slot, size: bytesToSize(grown) },
              lookup: { type: 'resize', id: ref('vmid') },
            },
          },
        ]
      : [];
  const lookup = { type: 'qmclone', id: String(template.vmid) };
  return {
    ...plan,
    operation: 'template.test',
    target: `template ${template.vmid} (${template.name})`,
    title: `Test template ${template.vmid} (${template.name}) with a clone on node ${node}`,
    steps: [
      ...plan.steps,
      ...resize,
      ...startSteps(node, name, path, { until: 'agent', timeoutSeconds }),
      {
        id: 'address',
        title: `Wait for an address of ${name}`,
        kind: 'pve.wait',
        args: { node, vmid: ref('vmid'), until: 'ip', timeoutSeconds },
        bind: { address: 'address' },
      },
      ...checks.map(({ id, title, ...look }): Step => ({
        id,
        title,
        kind: 'guest.run',
        args: { node, vmid: ref('vmid'), timeoutSeconds, ...look },
        bind: { [`${id}-ok`]: 'ok', [`${id}-detail`]: 'detail' },
      })),
      {
        id: 'destroy',
        title: `Destroy ${name}`,
        kind: 'pve.discard-guest',
        args: { node, vmid: ref('vmid'), lookup },
      },
    ],
    variables: {
      ...plan.variables,
      address: null,
      ...Object.fromEntries(
        checks.flatMap(({ id }): Array<[string, Json]> => [
          [`${id}-ok`, false],
          [`${id}-detail`, ''],
        ]),
      ),
    },
    notes: [
      ...(plan.notes ?? []),
      ...(cloudInit ? [] : ['It has no cloud-init drive: user, key and disk are not looked at.']),
    ],
    result: {
      vmid: template.vmid,
      name: template.name,
      node,
      clone: { vmid: ref('vmid'), name, address: ref('address') },
      checks: [
        { name: 'agent', ok: true, detail: 'it answers' },
        { name: 'network', ok: true, detail: ref('address') },
        ...checks.map(({ id }): Value => ({
          name: id,
          ok: ref(`${id}-ok`),
          detail: ref(`${id}-detail`),
        })),
      ],
    },
  };
}

interface Look {
  id: string;
  title: string;
  command: readonly string[];
  expect?: string;
  atLeast?: number;
}

function checksOf(wanted: {
  name: string;
  user: string;
  key: string;
  grown: number | undefined;
  cloudInit: boolean;
}): Look[] {
  const { name, user, key, grown, cloudInit } = wanted;
  const units: Look = {
    id: 'units',
    title: 'Look for failed units',
    command: ['systemctl', 'is-system-running'],
    expect: '^(running|starting)$',
  };
  if (!cloudInit) return [units];
  return [
    {
      id: 'cloud-init',
      title: 'Wait for the end of cloud-init',
      command: ['cloud-init', 'status', '--wait'],
      expect: String.raw`\bstatus: done\b`,
    },
    {
      id: 'hostname',
      title: 'Compare the host name',
      command: ['hostname'],
      expect: String.raw`^${name}(\.|$)`,
    },
    { id: 'user', title: `Look for user ${user}`, command: ['id', '-u', user] },
    {
      id: 'key',
      title: `Look for the SSH key of ${user}`,
      command: ['cat', `/home/${user}/.ssh/authorized_keys`],
      expect: key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
    },
    ...(grown === undefined
      ? []
      : [
          {
            id: 'disk',
            title: 'Look whether the file system has grown with its disk',
            command: ['df', '-k', '--output=size', '/'],
            atLeast: Math.floor((grown / 1024) * 0.6),
          },
        ]),
    units,
  ];
}

/** Nobody ever has the private half: the key only has to arrive. */
function newPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const part = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const body = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]).toString('base64');
  return `ssh-ed25519 ${body} pmx-test`;
}
