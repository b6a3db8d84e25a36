import type { GuestConfig } from '../shared/guest-config.js';
import type { ApiCall } from './calls.js';
import { type GuestConfigs, textOf } from './guests.js';
import { all, any, type Need, nothing, on } from './need.js';
import { bridgePaths, isDrive, isRootValue, optionRight, readDrive } from './vm-options.js';

// What the API description of PVE leaves to words, for VMs: observed on PVE 9.2.11.

/** A right on a VM; for one that is made in a pool, the pool's counts as well. */
function onVm(vmid: string, pool: string | undefined, ...oneOf: string[]): Need {
  const direct = on(`/vms/${vmid}`, ...oneOf);
  return pool === undefined ? direct : any(direct, on(`/pool/${pool}`, ...oneOf));
}

export function createNeeds({ params }: ApiCall): Need {
  const vmid = String(params['vmid']);
  const pool = textOf(params['pool']);
  const options = Object.entries(params).map(([name, value]): Need => {
    const text = String(value);
    if (isRootValue(name, text)) return { kind: 'root', what: `the value of ${name}` };
    const right = optionRight(name);
    switch (right.kind) {
      case 'drive':
        return storageNeed(text);
      case 'privileges':
        return all(
          // The task checks tags by itself, and looks at the VM's own path only.
          onVm(vmid, name === 'tags' ? undefined : pool, ...right.oneOf),
          beside(name, text),
        );
      case 'root':
      case 'unknown':
        return exceptional(name, right.kind);
      default:
        return nothing;
    }
  });
  return all(
    onVm(vmid, pool, 'VM.Allocate'),
    Number(params['start'] ?? 0) === 1 || params['start'] === true
      ? onVm(vmid, pool, 'VM.PowerMgmt')
      : nothing,
    ...options,
  );
}

export async function configNeeds(
  { params }: ApiCall,
  node: string,
  vmid: string,
  guests: GuestConfigs,
): Promise<Need> {
  const pool = guests.poolOf(vmid);
  const removed = String(params['delete'] ?? '')
    .split(/[\s,;]+/)
    .filter((name) => name !== '');
  const now = removed.some((name) => isDrive(name) || /^net\d+$/.test(name))
    ? await guests.config(node, vmid)
    : {};
  const set = Object.entries(params).map(([name, value]) =>
    changeNeed(vmid, pool, name, String(value)),
  );
  const gone = removed.map((name) => removalNeed(vmid, pool, name, now));
  return all(...set, ...gone);
}

function changeNeed(vmid: string, pool: string | undefined, name: string, value: string): Need {
  if (isRootValue(name, value)) return { kind: 'root', what: `the value of ${name}` };
  const right = optionRight(name);
  if (right.kind === 'privileges')
    return all(onVm(vmid, pool, ...right.oneOf), beside(name, value));
  if (right.kind === 'free') return nothing;
  if (right.kind !== 'drive') return exceptional(name, right.kind);
  const drive = readDrive(value);
  if (drive.cloudInit)
    return all(onVm(vmid, pool, 'VM.Config.CDROM'), onVm(vmid, pool, 'VM.Config.Cloudinit'));
  const own = onVm(vmid, pool, drive.cdrom ? 'VM.Config.CDROM' : 'VM.Config.Disk');
  return all(own, storageNeed(value));
}

function removalNeed(
  vmid: string,
  pool: string | undefined,
  name: string,
  now: GuestConfig | undefined,
): Need {
  const right = optionRight(name);
  const value = textOf(now?.[name]);
  if (value !== undefined && isRootValue(name, value))
    return { kind: 'root', what: `delete=${name}` };
  if (right.kind === 'privileges') {
    const hidden = now === undefined && /^net\d+$/.test(name);
    return all(
      onVm(vmid, pool, ...right.oneOf),
      hidden
        ? unseen(vmid, `the bridge of ${name} of VM ${vmid}`)
        : value === undefined
          ? nothing
          : beside(name, value),
    );
  }
  if (right.kind === 'drive') {
    if (now === undefined) return unseen(vmid, `what ${name} of VM ${vmid} is`);
    const cdrom = value !== undefined && readDrive(value).cdrom;
    return onVm(vmid, pool, cdrom ? 'VM.Config.CDROM' : 'VM.Config.Disk');
  }
  return right.kind === 'free' ? nothing : exceptional(name, right.kind);
}

export async function cloneNeeds(
  { params }: ApiCall,
  node: string,
  vmid: string,
  guests: GuestConfigs,
): Promise<Need> {
  const newid = String(params['newid']);
  const config = await guests.config(node, vmid);
  const storages = await guests.storages(node, newid);
  if (!config || !storages) return unseen(vmid, `the disks and bridges of VM ${vmid}`);
  const bridges = Object.entries(config)
    .filter(([name]) => /^net\d+$/.test(name))
    .flatMap(([, value]) => bridgePaths(String(value)));
  return all(
    ...storages.map((storage) => on(`/storage/${storage}`, 'Datastore.AllocateSpace')),
    ...[...new Set(bridges)].map((path) => on(path, 'SDN.Use')),
  );
}

export async function resizeNeeds(
  { params }: ApiCall,
  node: string,
  vmid: string,
  guests: GuestConfigs,
): Promise<Need> {
  const storages = await guests.storages(node, vmid, String(params['disk']));
  if (!storages) return unseen(vmid, `the storage of ${String(params['disk'])} of VM ${vmid}`);
  return all(...storages.map((storage) => on(`/storage/${storage}`, 'Datastore.AllocateSpace')));
}

/** Rights on storages, the same for a new VM and for a changed one. */
function storageNeed(value: string): Need {
  const { storage, importFrom, allocates, cloudInit, cdrom } = readDrive(value);
  if (storage === undefined || cloudInit) return nothing;
  const path = `/storage/${storage}`;
  if (cdrom) return on(path, 'Datastore.Audit', 'Datastore.AllocateSpace');
  if (!allocates) return nothing;
  return all(on(path, 'Datastore.AllocateSpace'), sourceNeed(importFrom));
}

function sourceNeed(importFrom: string | undefined): Need {
  if (importFrom === undefined) return nothing;
  const owner = /[:/](?:vm|base)-(\d+)-/.exec(importFrom)?.[1];
  if (owner !== undefined) return on(`/vms/${owner}`, 'VM.Clone');
  const storage = importFrom.slice(0, importFrom.indexOf(':'));
  return on(`/storage/${storage}`, 'Datastore.Audit', 'Datastore.AllocateSpace');
}

/** Some options reach for more than the VM itself. */
function beside(name: string, value: string): Need {
  if (/^net\d+$/.test(name)) return all(...bridgePaths(value).map((path) => on(path, 'SDN.Use')));
  if (name === 'startup') return on('/', 'Sys.Modify');
  const [, kind, mapping] = /^(hostpci|usb)\d+=.*mapping=([^,]+)/.exec(`${name}=${value}`) ?? [];
  if (kind === undefined) return nothing;
  return on(`/mapping/${kind === 'usb' ? 'usb' : 'pci'}/${mapping}`, 'Mapping.Use');
}

function exceptional(name: string, kind: 'root' | 'unknown'): Need {
  return kind === 'root'
    ? { kind: 'root', what: `the option ${name}` }
    : { kind: 'unknown', what: `which privilege the option ${name} needs` };
}

function unseen(vmid: string, what: string): Need {
  return { kind: 'unknown', what: `${what}, which only VM.Audit on /vms/${vmid} would show` };
}
