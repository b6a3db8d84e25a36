import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseSize } from '../dist/server/storage/disk-format.js';

interface GuestRow {
  vmid: number;
  status: string;
  template?: number;
}

interface VolumeRow {
  volid: string;
  size: number;
  content: string;
  vmid?: number;
  parent?: string;
}

interface TaskRow {
  upid: string;
  status?: string;
  id: string;
}

interface StorageRow {
  storage: string;
  content: string;
  shared: 0 | 1;
}

/** Volumes by where they lie, and those that a configuration names. */
interface Volumes {
  files: Map<string, VolumeRow>;
  named: Set<string>;
  shared: Set<string>;
}

type Config = Record<string, string | number>;

export interface Subject {
  dataDir: string;
  /** The data of a GET that must answer 200. */
  read(path: string): Promise<unknown>;
}

const DRIVE = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused|mp)\d+$|^rootfs$/;
const KINDS = ['qemu', 'lxc'] as const;

/** Everything in a sandbox at rest that does not fit together; the result has one text for each. */
export async function inconsistencies({ dataDir, read }: Subject): Promise<string[]> {
  const found: string[] = [];
  const get = async <T>(path: string): Promise<T> => (await read(path)) as T;
  // One that is switched off answers nothing.
  const nodes = (await get<{ node: string; status: string }[]>('/nodes'))
    .filter(({ status }) => status === 'online')
    .map(({ node }) => node);
  const vmids = new Map<number, string>();
  const volumes: Volumes = { files: new Map(), named: new Set(), shared: new Set() };
  const { files, named } = volumes;

  for (const node of nodes) {
    const storages = await get<StorageRow[]>(`/nodes/${node}/storage`);
    for (const { storage, content, shared } of storages) {
      if (shared === 1) volumes.shared.add(storage);
      for (const type of ['images', 'rootdir']) {
        if (!content.includes(type)) continue;
        const path = `/nodes/${node}/storage/${storage}/content?content=${type}`;
        for (const volume of await get<VolumeRow[]>(path))
          files.set(keyOf(volumes, node, volume.volid), volume);
      }
    }
  }
  for (const node of nodes) {
    for (const kind of KINDS) {
      for (const row of await get<GuestRow[]>(`/nodes/${node}/${kind}`)) {
        const vmid = Number(row.vmid);
        if (vmids.has(vmid)) found.push(`VM ${vmid} is on ${node} and ${vmids.get(vmid)}`);
        vmids.set(vmid, node);
        found.push(...(await checkGuest(get, `/nodes/${node}/${kind}/${vmid}`, row, volumes)));
      }
    }
  }
  for (const [key, volume] of files) {
    const owner = Number(/[/:](?:vm|base|subvol|basevol)-(\d+)-/.exec(volume.volid)?.[1]);
    if (!vmids.has(owner)) found.push(`${key} belongs to no VM`);
    else if (!named.has(key)) found.push(`${key} is in no configuration`);
  }
  found.push(...(await checkTasks(get, nodes)), ...(await checkPools(get, vmids)));
  const rows = await get<{ vmid: number }[]>('/cluster/resources?type=vm');
  const listed = rows.map(({ vmid }) => vmid).sort((a, b) => a - b);
  const there = [...vmids.keys()].sort((a, b) => a - b);
  if (String(listed) !== String(there))
    found.push(`cluster/resources has the VMs ${listed}, the nodes have ${there}`);
  return [...found, ...checkFiles(dataDir, there)];
}

type Get = <T>(path: string) => Promise<T>;

/** Where a volume lies, without the base image of a linked clone. */
function keyOf({ shared }: Volumes, node: string, volid: string): string {
  const storage = volid.slice(0, volid.indexOf(':'));
  const name = volid.replace(/^[^:]+:(?:\d+\/base-[^/]+\/)?/, `${storage}:`);
  return shared.has(storage) ? name : `${node} ${name}`;
}

async function checkGuest(
  get: Get,
  path: string,
  row: GuestRow,
  volumes: Volumes,
): Promise<string[]> {
  const { files, named } = volumes;
  const found: string[] = [];
  const node = path.split('/')[2]!;
  const config = await get<Config>(`${path}/config?current=1`);
  if (config['lock'] !== undefined) found.push(`VM ${row.vmid} is locked (${config['lock']})`);
  if (row.template === 1 && row.status === 'running') found.push(`template ${row.vmid} runs`);
  for (const [key, { volid, size }] of drivesOf(config)) {
    const name = keyOf(volumes, node, volid);
    named.add(name);
    const file = files.get(name);
    if (!file) found.push(`VM ${row.vmid}: ${key} is on ${volid}, which is not there`);
    else if (size !== undefined && parseSize(size) !== file.size)
      found.push(`VM ${row.vmid}: ${key} has size=${size}, its volume ${file.size}`);
  }
  const snapshots = await get<{ name: string; parent?: string }[]>(`${path}/snapshot`);
  const names = new Set(snapshots.map(({ name }) => name));
  for (const { name: snapname, parent } of snapshots) {
    if (parent !== undefined && !names.has(parent))
      found.push(`VM ${row.vmid}: the parent of snapshot ${snapname} is not there`);
    if (snapname === 'current') continue;
    const kept = await get<Config>(`${path}/snapshot/${snapname}/config`);
    const state = kept['vmstate'] === undefined ? [] : [String(kept['vmstate'])];
    const disks = drivesOf(kept).filter(([, { cdrom }]) => !cdrom);
    for (const volid of [...disks.map(([, disk]) => disk.volid), ...state]) {
      const name = keyOf(volumes, node, volid);
      named.add(name);
      if (!files.has(name))
        found.push(`VM ${row.vmid}: snapshot ${snapname} needs ${volid}, which is not there`);
    }
  }
  return found;
}

/** The volumes that a configuration names, ISO images left out. */
function drivesOf(config: Config): [string, { volid: string; size?: string; cdrom: boolean }][] {
  return Object.entries(config).flatMap(([key, value]) => {
    const text = String(value);
    const volid = text.split(',')[0]!;
    if (!DRIVE.test(key) || !volid.includes(':') || /:iso\//.test(volid)) return [];
    const size = /,size=([^,]+)/.exec(text)?.[1];
    const cdrom = text.includes('media=cdrom');
    return [[key, { volid, cdrom, ...(size === undefined ? {} : { size }) }]];
  });
}

async function checkTasks(get: Get, nodes: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const node of nodes) {
    for (const { upid } of await get<TaskRow[]>(`/nodes/${node}/tasks?source=active`))
      found.push(`task ${upid} still runs`);
    for (const task of await get<TaskRow[]>(`/nodes/${node}/tasks?limit=3000`)) {
      const path = `/nodes/${node}/tasks/${encodeURIComponent(task.upid)}`;
      const status = await get<{ exitstatus?: string }>(`${path}/status`);
      if (status.exitstatus !== task.status)
        found.push(`task ${task.upid}: ${status.exitstatus} is listed as ${task.status}`);
      if (task.status === 'unexpected status') continue;
      const last = (await get<{ t: string }[]>(`${path}/log?limit=0`)).at(-1)?.t ?? '';
      if (/^TASK OK$/.test(last) !== (task.status === 'OK'))
        found.push(`task ${task.upid} ended ${task.status}, its log says '${last}'`);
    }
  }
  return found;
}

async function checkPools(get: Get, vmids: ReadonlyMap<number, string>): Promise<string[]> {
  const found: string[] = [];
  const seen = new Set<number>();
  for (const { poolid } of await get<{ poolid: string }[]>('/pools')) {
    const [pool] = await get<{ members: { vmid?: number }[] }[]>(`/pools?poolid=${poolid}`);
    for (const { vmid } of pool?.members ?? []) {
      if (vmid === undefined) continue;
      if (!vmids.has(vmid)) found.push(`pool ${poolid} has VM ${vmid}, which is not there`);
      if (seen.has(vmid)) found.push(`VM ${vmid} is in two pools`);
      seen.add(vmid);
    }
  }
  return found;
}

/** What lies in the data directory; only what is written down would be there after a power cut. */
function checkFiles(dataDir: string, there: readonly number[]): string[] {
  const found: string[] = [];
  for (const name of readdirSync(dataDir))
    if (name.endsWith('.tmp')) found.push(`${name} was left behind`);
  for (const name of readdirSync(join(dataDir, 'tmp'))) found.push(`tmp/${name} was left behind`);
  for (const path of readdirSync(join(dataDir, 'storages'), { recursive: true }).map(String)) {
    const vmid = /\/images\/(\d+)$/.exec(path)?.[1];
    if (vmid !== undefined && !there.includes(Number(vmid)))
      found.push(`the directory ${path} belongs to no VM`);
  }
  if (!existsSync(join(dataDir, 'state.json'))) return [...found, 'there is no state.json'];
  const { vms } = JSON.parse(readFileSync(join(dataDir, 'state.json'), 'utf8')) as {
    vms: Record<string, unknown>;
  };
  const journals = readdirSync(dataDir)
    .filter((name) => /^state\.\d+\.jsonl$/.test(name))
    .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]));
  for (const name of journals) {
    for (const line of readFileSync(join(dataDir, name), 'utf8').split('\n').slice(0, -1)) {
      const change = JSON.parse(line) as { vms?: Record<string, unknown> };
      for (const [vmid, vm] of Object.entries(change.vms ?? {})) {
        if (vm === null) delete vms[vmid];
        else vms[vmid] = vm;
      }
    }
  }
  if (String(Object.keys(vms)) !== String(there))
    found.push(`on disk are the VMs ${Object.keys(vms)}, the nodes have ${there}`);
  return found;
}
