import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Plan, pluginShortName } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { validName } from '../../plugins/package-file.js';
import { skeleton } from './skeleton.js';

/** @param parent folder that the plugin's folder goes into */
export function planNew(given: string, parent: string): Plan {
  const name = /^(?:@|pmx-plugin-)/.test(given) ? given : `pmx-plugin-${given}`;
  const noun = pluginShortName(name);
  if (!validName.test(name) || !/^[a-z][a-z0-9-]*$/.test(noun)) {
    throw new RequestError({
      code: 'PMX_INVALID_PLUGIN',
      message: `'${given}' is no name for a plugin: it must begin with a small letter and go on with small letters, digits and -.`,
      hints: ['For example: pmx plugins new ceph', 'With a scope: pmx plugins new @acme/ceph'],
    });
  }
  const folder = join(parent, name.replace(/^@[^/]+\//, ''));
  if (existsSync(folder)) {
    throw new RequestError({
      code: 'PMX_INVALID_PLUGIN',
      message: `${folder} is there already. Nothing was written.`,
      hints: ['Take another name, or begin in another folder.'],
    });
  }
  const files = skeleton(name, noun);
  return {
    operation: 'plugin.new',
    target: name,
    title: `Begin plugin ${name} in ${folder}`,
    local: true,
    notes: Object.keys(files).map((path) => `  ${path}`),
    steps: [
      {
        id: 'write',
        kind: 'plugin.scaffold',
        title: `Write ${Object.keys(files).length} files to ${folder}`,
        args: { folder, files },
        undo: [{ kind: 'path.remove', title: `Remove ${folder}`, args: { path: folder } }],
      },
    ],
    result: { name, folder, files: Object.keys(files) },
  };
}
