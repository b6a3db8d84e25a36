import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, forbidden } from '../errors.js';
import { parsePropertyString } from '../api/property-string.js';
import { isRoot } from '../qemu/config-permissions.js';

import type { ConfigValue, VmConfig } from '../state/model.js';
import { isVolid, parseVolume } from '../storage/volumes.js';
import { checkBridges } from './bridges.js';
import { isMountPoint, parseMountPoint, wantedVolume } from './mount-points.js';
import { CONTAINER_PARAMS, privilegeFor } from './options.js';

interface Subject {
  node: string;
  vmid: number;
  pool?: string | undefined;
  /** The configuration that changes; empty for a new container. */
  config: VmConfig;
}

/** What a change of these options needs: rights on the container (or its pool), bridges and storages. */
export function checkChange(
  app: App,
  who: Identity,
  subject: Subject,
  settings: VmConfig,
  removed: readonly string[] = [],
): void {
  const { vmid, pool, config } = subject;
  const need = (privilege: string): void => {
    if (pool !== undefined && app.acl.has(who, `/pool/${pool}`, [privilege])) return;
    app.acl.check(who, `/vms/${vmid}`, [privilege]);
  };
  for (const key of removed) {
    need(privilegeFor(key));
    if (/^(?:dev\d+|features|hookscript)$/.test(key)) checkRootOnly(who, key, undefined, config);
  }
  for (const [key, value] of Object.entries(settings)) {
    need(privilegeFor(key));
    checkRootOnly(who, key, value, { ...config, ...settings });
  }
  checkBridges(app, who, settings);
  for (const [key, value] of Object.entries(settings))
    if (isMountPoint(key)) checkVolume(app, who, subject, key, String(value));
}

function checkRootOnly(
  who: Identity,
  key: string,
  value: ConfigValue | undefined,
  config: VmConfig,
): void {
  if (isRoot(who)) return;
  if (key === 'lock') throw forbidden("changing 'lock' is only allowed for root@pam");
  if (/^dev\d+$/.test(key))
    throw forbidden('configuring device passthrough is only allowed for root@pam');
  if (key === 'hookscript') throw forbidden("changing 'hookscript' is only allowed for root@pam");
  if (key !== 'features') return;
  if (config['unprivileged'] !== 1)
    throw forbidden('changing feature flags for privileged container is only allowed for root@pam');
  const schema = CONTAINER_PARAMS['features']!.format;
  if (typeof schema !== 'object') return;
  const flags = (text: ConfigValue | undefined): Record<string, unknown> =>
    text === undefined ? {} : parsePropertyString(schema, String(text));
  if (Object.keys(flags(value)).some((name) => name !== 'nesting'))
    throw forbidden('changing feature flags (except nesting) is only allowed for root@pam');
}

function checkVolume(
  app: App,
  who: Identity,
  { node, vmid }: Subject,
  key: string,
  text: string,
): void {
  const { volume } = parseMountPoint(key, text);
  const wanted = wantedVolume(volume);
  if (wanted) {
    requireRootdir(app, node, wanted.storage);
    app.acl.check(who, `/storage/${wanted.storage}`, ['Datastore.AllocateSpace']);
    return;
  }
  if (!isVolid(volume)) {
    const type = volume.startsWith('/dev/') ? 'device' : 'bind';
    if (!volume.startsWith('/')) throw failure(`unable to parse volume ID '${volume}'`);
    if (!isRoot(who)) throw forbidden(`mount point type ${type} is only allowed for root@pam`);
    return;
  }
  const existing = parseVolume(volume);
  app.storages.get(existing.storage, node);
  if (existing.vmid !== vmid)
    app.acl.check(who, `/storage/${existing.storage}`, ['Datastore.Allocate']);
}

/** Throws when a storage does not take the volumes of containers. */
export function requireRootdir(app: App, node: string, storage: string): void {
  if (!app.storages.get(storage, node).content.includes('rootdir'))
    throw failure(`storage '${storage}' does not support container directories`);
}
