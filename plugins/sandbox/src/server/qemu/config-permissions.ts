import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, forbidden, parameterError } from '../errors.js';
import type { ConfigValue, Vm, VmConfig } from '../state/model.js';
import { parseVolume } from '../storage/volumes.js';
import { isCdrom, isCloudInit, isDriveKey, parseDrive, volumeOf, wantedDisk } from './drive.js';
import type { Drive } from './drive.js';
import { bridgePaths, parseNet } from './net.js';
import { needsOf } from './options.js';

/** Only a ticket of root@pam is root; a token of root@pam is not. */
export function isRoot(who: Identity): boolean {
  return who.id === 'root@pam';
}

/** Refuses options that only root may use, such as skiplock. */
export function checkRootOptions(who: Identity, names: readonly string[]): void {
  if (isRoot(who) || names.length === 0) return;
  throw parameterError(
    Object.fromEntries(names.map((name) => [name, 'Only root may use this option.'])),
  );
}

function checkRootValue(
  who: Identity,
  key: string,
  value: string | undefined,
  verb: 'set' | 'modify' | 'delete',
): void {
  if (isRoot(who)) return;
  if (needsOf(key) === 'Root') throw failure(`only root can set '${key}' config`);
  if (/^serial\d$/.test(key) && value?.startsWith('/dev/'))
    throw failure(`only root can ${verb} '${key}' config for real devices`);
  if (/^usb\d+$/.test(key) && value !== undefined && !/spice|mapping=/.test(value))
    throw failure(`only root can set '${key}' config for real devices`);
  if (/^hostpci\d+$/.test(key) && value !== undefined && !value.includes('mapping='))
    throw failure(`only root can set '${key}' config for non-mapped devices`);
}

/** The rights on storages that a drive needs. */
export function checkDriveAccess(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  key: string,
  drive: Drive,
): void {
  const { acl } = app;
  const importFrom = drive['import-from'] === undefined ? undefined : String(drive['import-from']);
  for (const path of [drive.file, importFrom]) {
    if (path?.startsWith('/') && !isRoot(who))
      throw failure(
        'Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.',
      );
  }
  const wanted = wantedDisk(drive);
  if (isCloudInit(drive)) {
    // A cloud-init drive needs no right on its storage (observed), but the storage must be there.
    const storage = drive.file.split(':')[0] ?? '';
    requireImages(app, node, storage);
    return;
  }
  if (wanted) {
    requireImages(app, node, wanted.storage);
    acl.check(who, `/storage/${wanted.storage}`, ['Datastore.AllocateSpace']);
    if (importFrom !== undefined && !importFrom.startsWith('/'))
      checkSource(app, who, importFrom, node);
    else if (importFrom === undefined && wanted.gib === 0 && !/^(?:efidisk|tpmstate)/.test(key))
      throw parameterError({ [key]: 'invalid format - unable to allocate a disk of size 0\n' });
    return;
  }
  if (importFrom !== undefined)
    throw parameterError({
      [key]: `'import-from' requires special syntax - use <storage ID>:0,import-from=<source>`,
    });
  const volid = volumeOf(drive);
  if (volid === undefined) return;
  const volume = parseVolume(volid);
  app.storages.get(volume.storage, node);
  if (volume.type === 'images' && volume.vmid === vmid) return;
  if (volume.type === 'images')
    acl.check(who, `/storage/${volume.storage}`, ['Datastore.Allocate']);
  else
    acl.check(
      who,
      `/storage/${volume.storage}`,
      ['Datastore.AllocateSpace', 'Datastore.Audit'],
      true,
    );
}

function requireImages(app: App, node: string, storage: string): void {
  if (!app.storages.get(storage, node).content.includes('images'))
    throw parameterError({ storage: `storage '${storage}' does not support vm images` });
}

function checkSource(app: App, who: Identity, volid: string, node: string): void {
  const source = parseVolume(volid);
  app.storages.get(source.storage, node);
  if (source.type === 'images') {
    app.acl.check(who, `/vms/${source.vmid}`, ['VM.Clone']);
    return;
  }
  if (source.type !== 'import')
    throw failure(`cannot import from '${volid}': content type '${source.type}' is not allowed`);
  app.acl.check(
    who,
    `/storage/${source.storage}`,
    ['Datastore.AllocateSpace', 'Datastore.Audit'],
    true,
  );
}

/** Use of a bridge is an SDN right, also where no SDN is set up. */
export function checkBridges(app: App, who: Identity, values: Iterable<ConfigValue>): void {
  for (const value of values)
    for (const path of bridgePaths(parseNet(String(value)))) app.acl.check(who, path, ['SDN.Use']);
}

function checkPlain(
  key: string,
  need: (privileges: string[], any?: boolean) => void,
  app: App,
  who: Identity,
): void {
  switch (needsOf(key)) {
    case 'Cloudinit':
      need(['VM.Config.Cloudinit', 'VM.Config.Network'], true);
      return;
    case 'Power':
      need(['VM.PowerMgmt']);
      return;
    case 'Drive':
    case 'Root':
    case undefined:
      return;
    default:
      need([`VM.Config.${needsOf(key)!}`]);
  }
  if (key === 'startup') app.acl.check(who, '/', ['Sys.Modify']);
}

/** What the options of a new VM need; a right on the pool counts like one on the VM. */
export function checkCreate(
  app: App,
  who: Identity,
  node: string,
  vmid: number,
  pool: string | undefined,
  settings: VmConfig,
): void {
  const need = (privileges: string[], any = false): void => {
    if (pool !== undefined && app.acl.has(who, `/pool/${pool}`, privileges, any)) return;
    app.acl.check(who, `/vms/${vmid}`, privileges, any);
  };
  for (const [key, value] of Object.entries(settings)) {
    checkRootValue(who, key, String(value), 'set');
    // Tags are looked at by the worker, on the VM's own path only (observed).
    if (key !== 'tags' && !isDriveKey(key)) checkPlain(key, need, app, who);
  }
  for (const [key, value] of Object.entries(settings))
    if (isDriveKey(key))
      checkDriveAccess(app, who, node, vmid, key, parseDrive(key, String(value)));
  checkBridges(
    app,
    who,
    Object.entries(settings)
      .filter(([key]) => /^net\d+$/.test(key))
      .map(([, value]) => value),
  );
}

/** Does the caller hold the right to create this VM, on its number or on its pool? */
export function checkAllocate(
  app: App,
  who: Identity,
  vmid: number,
  pool: string | undefined,
): void {
  if (app.acl.has(who, `/vms/${vmid}`, ['VM.Allocate'])) return;
  if (pool !== undefined && app.acl.has(who, `/pool/${pool}`, ['VM.Allocate'])) return;
  throw forbidden();
}

/** What a change of an existing VM needs: first what goes, then what is set, then the storages. */
export function checkModify(
  app: App,
  who: Identity,
  vm: Vm,
  settings: VmConfig,
  removed: readonly string[],
): void {
  const need = (privileges: string[], any = false): void =>
    app.acl.check(who, `/vms/${vm.vmid}`, privileges, any);
  const one = (key: string, value: string | undefined, verb: 'modify' | 'delete'): void => {
    checkRootValue(who, key, value, verb);
    if (needsOf(key) === 'Drive')
      checkDrivePrivilege(vm, key, verb === 'delete' ? undefined : value, need);
    else checkPlain(key, need, app, who);
  };
  for (const key of removed)
    one(key, vm.config[key] === undefined ? undefined : String(vm.config[key]), 'delete');
  for (const [key, value] of Object.entries(settings)) one(key, String(value), 'modify');
  for (const [key, value] of Object.entries(settings))
    if (isDriveKey(key))
      checkDriveAccess(app, who, vm.node, vm.vmid, key, parseDrive(key, String(value)));
  const nets = [
    ...removed.filter((key) => /^net\d+$/.test(key)).flatMap((key) => vm.config[key] ?? []),
    ...Object.entries(settings)
      .filter(([key]) => /^net\d+$/.test(key))
      .map(([, value]) => value),
  ];
  checkBridges(app, who, nets);
}

function checkDrivePrivilege(
  vm: Vm,
  key: string,
  value: string | undefined,
  need: (privileges: string[]) => void,
): void {
  const text = value ?? vm.config[key];
  const drive = text === undefined ? undefined : parseDrive(key, String(text));
  if (drive && isCdrom(drive))
    need(
      isCloudInit(drive) && value !== undefined
        ? ['VM.Config.CDROM', 'VM.Config.Cloudinit']
        : ['VM.Config.CDROM'],
    );
  else need(['VM.Config.Disk']);
}
