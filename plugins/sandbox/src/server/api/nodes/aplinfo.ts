import { createHash } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';

import { failure, parameterError } from '../../errors.js';
import { APPLIANCES, applianceRow, archiveOf } from '../../lxc/appliances.js';
import { fileHash } from '../../storage/hash.js';
import { parseVolume } from '../../storage/volumes.js';
import { onNode, onStorage, text } from '../common.js';
import type { Call, Route } from '../types.js';

function download({ app, user, params }: Call): string {
  const [node, storage, name] = ['node', 'storage', 'template'].map((key) => params.string(key));
  const appliance = APPLIANCES.find(({ template }) => template === name);
  if (!appliance) throw parameterError({ template: 'no such template' });
  const config = app.storages.get(storage!, node!);
  if (!config.content.includes('vztmpl'))
    throw failure(`storage '${storage}' does not support templates`);
  const volume = parseVolume(`${storage}:vztmpl/${name}`);
  return app.tasks.start({ node: node!, type: 'download', user: user.id }, async (task) => {
    const path = app.storages.path(node!, volume);
    const bytes = archiveOf(appliance);
    const sum = createHash('sha512').update(bytes).digest('hex');
    task.log(`starting template download from: ${String(applianceRow(appliance)['location'])}`);
    task.log(`target file: ${app.storages.shownPath(volume)}`);
    const there = await stat(path).catch(() => undefined);
    if (there && (await fileHash(path, 'sha512', task.signal)) === sum) {
      task.log(`file already exists ${sum} - no need to download`);
      return;
    }
    const temporary = `${path}.tmp.${process.pid}`;
    try {
      await task.work();
      await writeFile(temporary, bytes);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
      app.storages.changed(node!, storage!);
    }
    task.log('download finished');
  });
}

/** Container templates that the server knows where to get. */
export const applianceRoutes: Route[] = [
  {
    method: 'GET',
    path: '/nodes/{node}/aplinfo',
    name: 'aplinfo',
    description: 'Get list of appliances.',
    params: onNode,
    permissions: { user: 'all' },
    returns: 'array',
    handler: () => APPLIANCES.map(applianceRow),
  },
  {
    method: 'POST',
    path: '/nodes/{node}/aplinfo',
    name: 'apl_download',
    description: 'Download appliance templates.',
    params: {
      ...onStorage,
      template: text('The template which will downloaded', { maxLength: 255 }),
    },
    permissions: { check: ['perm', '/storage/{storage}', ['Datastore.AllocateTemplate']] },
    protected: true,
    returns: 'string',
    handler: download,
  },
];
