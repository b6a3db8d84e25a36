import { isProtected, notesOf, removeBackup, setAttributes } from '../backup/files.js';
import { failure, parameterError } from '../errors.js';
import { listContent } from '../storage/content.js';
import { parseSize } from '../storage/disk-format.js';
import { checkDeleteVolume, checkReadVolume } from '../storage/rights.js';
import { storeUpload } from '../storage/upload.js';
import type { UploadContent } from '../storage/upload.js';
import { formatsOf, typeOf } from '../storage/types.js';
import { parseVolume } from '../storage/volumes.js';
import type { Volume } from '../storage/volumes.js';
import type { App } from '../app.js';
import {
  flag,
  node,
  onStorage,
  optional,
  optionalInteger,
  optionalText,
  storage,
  text,
  vmid,
} from './common.js';
import { READ_STORAGE } from './storage.js';
import type { Call, Route } from './types.js';

/** A volume may be named with or without its storage when the path names it. */
function volidOf({ params }: Call): string {
  const volume = params.string('volume');
  const stored = params.optionalString('storage');
  if (/^[a-z][a-z0-9\-_.]*[a-z0-9]:/i.test(volume)) {
    if (stored !== undefined && !volume.startsWith(`${stored}:`))
      throw parameterError({
        storage: `got inconsistent storage IDs: '${stored}' vs. '${volume.split(':')[0]!}'`,
      });
    return volume;
  }
  return `${stored ?? ''}:${volume}`;
}

async function volumeInfo(call: Call): Promise<unknown> {
  const { app, user, params } = call;
  const on = params.string('node');
  const volume = parseVolume(volidOf(call));
  const lvm = app.storages.get(volume.storage, on).type.startsWith('lvm');
  checkReadVolume(app, user, volume);
  const info = await app.images.info(on, volume).catch((error: unknown) => {
    if (error instanceof Error && error.message.endsWith('does not exist'))
      throw failure(`volume_size_info on '${volume.volid}' failed - no format`);
    throw error;
  });
  const isDisk = volume.type === 'images' || volume.type === 'import';
  // Observed: the size of other files is rounded up to whole sectors.
  const size = isDisk ? info.size : Math.ceil(info.size / 512) * 512;
  return {
    path: app.storages.shownPath(volume),
    size,
    // LVM cannot tell.
    used: lvm ? 0 : info.used,
    format: isDisk ? volume.format : 'raw',
    ...(volume.type === 'backup' ? await attributesOf(app, on, volume) : {}),
  };
}

async function attributesOf(app: App, on: string, volume: Volume): Promise<object> {
  const notes = await notesOf(app, on, volume);
  return {
    ...(notes === undefined ? {} : { notes }),
    protected: (await isProtected(app, on, volume)) ? 1 : 0,
  };
}

async function updateAttributes(call: Call): Promise<null> {
  const { app, user, params } = call;
  const on = params.string('node');
  const volume = parseVolume(volidOf(call));
  app.storages.get(volume.storage, on);
  checkReadVolume(app, user, volume);
  const notes = params.optionalString('notes');
  if (volume.type !== 'backup') {
    if (notes !== undefined) throw failure('only backups can have notes');
    if (params.has('protected')) throw failure("only backups support attribute 'protected'");
    return null;
  }
  await app.images.info(on, volume);
  await setAttributes(app, on, volume, {
    ...(notes === undefined ? {} : { notes }),
    ...(params.has('protected') ? { protected: params.flag('protected') } : {}),
  });
  return null;
}

async function deleteVolume(call: Call): Promise<string | null> {
  const { app, user, params } = call;
  const on = params.string('node');
  const volume = parseVolume(volidOf(call));
  app.storages.get(volume.storage, on);
  checkDeleteVolume(app, user, volume);
  const about = volume.vmid === undefined ? volume.storage : `${volume.vmid}@${volume.storage}`;
  const upid = app.tasks.start(
    { node: on, type: 'imgdel', id: about, user: user.id },
    async (task) => {
      await task.work();
      const there =
        volume.type === 'backup'
          ? await removeBackup(app, on, volume)
          : await app.images.free(on, volume.volid);
      if (!there) task.log(`disk image '${app.storages.shownPath(volume)}' does not exist`);
      task.log(`Removed volume '${volume.volid}'`);
    },
  );
  const delay = params.optionalNumber('delay');
  if (delay === undefined || !(await app.tasks.settled(upid, delay * 1000))) return upid;
  const status = app.tasks.find(upid)?.exitstatus ?? '';
  if (status !== 'OK') throw failure(status);
  return null;
}

function upload(call: Call): string {
  const { app, user, params } = call;
  if (!call.upload) throw failure('missing temporary file - internal error');
  const request = {
    node: params.string('node'),
    storage: params.string('storage'),
    content: params.string('content') as UploadContent,
    checksum: params.optionalString('checksum'),
    algorithm: params.optionalString('checksum-algorithm'),
  };
  return storeUpload(app, user, request, call.upload);
}

async function allocate({ app, params }: Call): Promise<string> {
  const name = params.string('filename');
  const owner = params.number('vmid');
  const on = app.storages.get(params.string('storage'), params.string('node'));
  const { files } = typeOf(on);
  const match = (
    files ? /^(vm-(\d+)-[^/\s]+?)(?:\.(raw|qcow2|vmdk))?$/ : /^(vm-(\d+)-[^/\s:.]+)$/
  ).exec(name);
  if (!match || Number(match[2]) !== owner)
    throw failure(`illegal name '${name}' - should be 'vm-${owner}-*'`);
  const size = params.string('size');
  // A plain number means KiB here.
  const bytes = /^\d+$/.test(size) ? Number(size) * 1024 : parseSize(size);
  return app.images.allocate(
    params.string('node'),
    params.string('storage'),
    owner,
    params.optionalString('format') ?? match[3] ?? formatsOf(on)[0]!,
    bytes,
    { name: match[1]! },
  );
}

async function listVolumes({ app, user, params }: Call): Promise<unknown> {
  const content = params.optionalString('content');
  const owner = params.optionalNumber('vmid');
  return listContent(app, user, params.string('node'), params.string('storage'), {
    ...(content === undefined ? {} : { content }),
    ...(owner === undefined ? {} : { vmid: owner }),
  });
}

const ON = '/nodes/{node}/storage/{storage}';

/** What lies on a storage: lists, sizes, making and removing. */
export const storageVolumeRoutes: Route[] = [
  {
    method: 'GET',
    path: `${ON}/content`,
    name: 'storage_content',
    description: 'List storage content.',
    returns: 'array',
    permissions: READ_STORAGE,
    protected: true,
    params: {
      ...onStorage,
      content: optionalText('Only list content of this type.', { format: 'pve-storage-content' }),
      vmid: optional(vmid),
    },
    handler: listVolumes,
  },
  {
    method: 'POST',
    path: `${ON}/content`,
    name: 'create',
    description: 'Allocate disk images.',
    returns: 'string',
    protected: true,
    params: {
      ...onStorage,
      filename: text('The name of the file to create.'),
      format: {
        ...optionalText('Format of the image.', { enum: ['raw', 'qcow2', 'subvol', 'vmdk'] }),
        requires: 'size',
      },
      size: text('Size in kilobyte (1024 bytes).', { pattern: '\\d+[MG]?' }),
      vmid,
    },
    permissions: { check: ['perm', '/storage/{storage}', ['Datastore.AllocateSpace']] },
    handler: allocate,
  },
  {
    method: 'GET',
    path: `${ON}/content/{volume}`,
    name: 'info',
    description: 'Get volume attributes',
    returns: 'object',
    protected: true,
    params: { node, storage: optional(storage), volume: text('Volume identifier') },
    permissions: { user: 'all', description: 'You need read access for the volume.' },
    handler: volumeInfo,
  },
  {
    method: 'PUT',
    path: `${ON}/content/{volume}`,
    name: 'updateattributes',
    description: 'Update volume attributes',
    returns: 'null',
    protected: true,
    params: {
      node,
      storage: optional(storage),
      volume: text('Volume identifier'),
      notes: optionalText('The new notes.'),
      protected: flag('Protection status. Currently only supported for backups.'),
    },
    permissions: { user: 'all', description: 'You need read access for the volume.' },
    handler: updateAttributes,
  },
  {
    method: 'DELETE',
    path: `${ON}/content/{volume}`,
    name: 'delete',
    description: 'Delete volume',
    returns: 'string',
    protected: true,
    params: {
      node,
      storage: optional(storage),
      volume: text('Volume identifier'),
      delay: optionalInteger(
        "Time to wait for the task to finish. We return 'null' if the task finish within that time.",
        { minimum: 1, maximum: 30 },
      ),
    },
    permissions: {
      user: 'all',
      description:
        "You need 'Datastore.Allocate' privilege on the storage (or 'Datastore.AllocateSpace' for backup volumes if you have VM.Backup privilege on the VM).",
    },
    handler: deleteVolume,
  },
  {
    method: 'POST',
    path: `${ON}/upload`,
    name: 'upload',
    description: 'Upload templates, ISO images, OVAs and VM images.',
    returns: 'string',
    protected: true,
    upload: true,
    params: {
      ...onStorage,
      content: text('Content type.', { enum: ['iso', 'vztmpl', 'import'] }),
      filename: text('The name of the file to create. Caution: This will be normalized!', {
        maxLength: 255,
      }),
      checksum: {
        ...optionalText('The expected checksum of the file.'),
        requires: 'checksum-algorithm',
      },
      'checksum-algorithm': {
        ...optionalText('The algorithm to calculate the checksum of the file.', {
          enum: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
        }),
        requires: 'checksum',
      },
    },
    permissions: { check: ['perm', '/storage/{storage}', ['Datastore.AllocateTemplate']] },
    handler: upload,
  },
];
