import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { backupRows } from '../backup/files.js';
import { isForbiddenDisk } from './rights.js';
import { readDiskInfo } from './disk-info.js';
import { diskName, readParent } from './names.js';
import { typeOf } from './types.js';
import { directoryOf, parseVolume } from './volumes.js';
import type { Volume } from './volumes.js';

type Row = Record<string, unknown>;

/** Every content type but the disks of VMs: one file is one volume. */
type FileType = Exclude<Volume['type'], 'images'>;

async function fileRows(app: App, node: string, storage: string, type: FileType): Promise<Row[]> {
  const directory = join(app.storages.root(node, storage), directoryOf(type));
  const rows: Row[] = [];
  for (const name of (await readdir(directory).catch(() => [])).sort()) {
    const found = await lstat(join(directory, name)).catch(() => undefined);
    if (!found?.isFile()) continue;
    let volume: Volume;
    try {
      volume = parseVolume(`${storage}:${type}/${name}`);
    } catch {
      // A file whose name says nothing is no volume.
      continue;
    }
    rows.push({
      volid: volume.volid,
      content: type,
      format: volume.format,
      size: found.size,
      ctime: Math.floor(found.ctimeMs / 1000),
    });
  }
  return rows;
}

async function diskRow(
  app: App,
  node: string,
  storage: string,
  vmid: string,
  name: string,
): Promise<Row | undefined> {
  const config = app.storages.get(storage, node);
  const volname = diskName(config, Number(vmid), name);
  let volume: Volume;
  try {
    volume = parseVolume(`${storage}:${volname ?? ''}`);
  } catch {
    return undefined;
  }
  const path = app.storages.path(node, volume);
  const found = await lstat(path).catch(() => undefined);
  if (!found) return undefined;
  const info = await readDiskInfo(path, volume.format).catch(
    () => ({ size: 0 }) as { size: number; backing?: string },
  );
  if (!typeOf(config).files) {
    const parent = await readParent(path);
    return {
      volid: `${storage}:${diskName(config, Number(vmid), name, parent)!}`,
      content: 'images',
      format: 'raw',
      size: info.size,
      ctime: Math.floor(found.ctimeMs / 1000),
      vmid: Number(vmid),
      ...(parent === undefined ? {} : { parent: `${parent}@__base__` }),
    };
  }
  const base = /^\.\.\/(.+)$/.exec(info.backing ?? '')?.[1];
  return {
    volid: base === undefined ? volume.volid : `${storage}:${base}/${vmid}/${name}`,
    content: app.vms.find(Number(vmid))?.kind === 'lxc' ? 'rootdir' : 'images',
    format: volume.format,
    size: info.size,
    used: found.blocks * 512,
    ctime: Math.floor(found.ctimeMs / 1000),
    vmid: Number(vmid),
    parent: info.backing ?? null,
  };
}

async function diskRows(
  app: App,
  who: Identity,
  node: string,
  storage: string,
  vmid: number | undefined,
): Promise<Row[]> {
  const directory = join(app.storages.root(node, storage), 'images');
  const rows: Row[] = [];
  for (const owner of await readdir(directory).catch(() => [])) {
    if (vmid !== undefined && owner !== String(vmid)) continue;
    if (isForbiddenDisk(app, who, storage, Number(owner))) continue;
    for (const name of await readdir(join(directory, owner)).catch(() => [])) {
      const row = await diskRow(app, node, storage, owner, name);
      if (row) rows.push(row);
    }
  }
  return rows.sort((left, right) => (String(left['volid']) < String(right['volid']) ? -1 : 1));
}

/** The volumes of a storage that the caller may see, sorted by content type and name. */
export async function listContent(
  app: App,
  who: Identity,
  node: string,
  storage: string,
  filter: { content?: string; vmid?: number },
): Promise<Row[]> {
  const supported = app.storages.get(storage, node).content;
  const isWanted = (type: string): boolean =>
    supported.includes(type) && (filter.content === undefined || filter.content === type);
  const rows: Row[] = [];
  for (const type of ['backup', 'images', 'import', 'iso', 'snippets', 'vztmpl'] as const) {
    if (type === 'images') {
      const disks = await diskRows(app, who, node, storage, filter.vmid);
      rows.push(...disks.filter(({ content }) => isWanted(String(content))));
      continue;
    }
    if (!isWanted(type)) continue;
    if (type === 'backup') rows.push(...(await backupRows(app, who, node, storage, filter.vmid)));
    // Observed: a filter by VM hides ISO images, but still lists import volumes.
    else if (filter.vmid === undefined || type === 'import')
      rows.push(...(await fileRows(app, node, storage, type)));
  }
  return rows;
}
