import { readFile } from 'node:fs/promises';

import { RequestError } from '@pmx-cli/kit/errors';

import { validateMetaData } from './meta-data.js';
import { validateNetworkConfig } from './network-config.js';
import { validateNetworkData } from './network-data.js';
import type { SeedLayout, SeedOptions } from './seed.js';
import { validateUserData, validateVendorData } from './user-data.js';

/** Paths of a user's own cloud-init files. */
export interface SeedPaths {
  userData?: string;
  /** No path: user-data that pmx itself has put together. */
  userDataText?: string;
  metaData?: string;
  networkConfig?: string;
  vendorData?: string;
}

/**
 * Reads and checks a user's own cloud-init files.
 * @throws RequestError `PMX_FILE_UNREADABLE`, `PMX_CLOUDINIT_…`
 */
export async function readSeedFiles(
  paths: SeedPaths,
  layout: SeedLayout,
): Promise<Pick<SeedOptions, Exclude<keyof SeedPaths, 'userDataText'>>> {
  const checkNetwork = layout === 'nocloud' ? validateNetworkConfig : validateNetworkData;
  return {
    userData:
      paths.userDataText === undefined
        ? await checked(paths.userData, validateUserData)
        : Buffer.from(paths.userDataText),
    metaData: await checked(paths.metaData, validateMetaData),
    networkConfig: await checked(paths.networkConfig, checkNetwork),
    vendorData: await checked(paths.vendorData, validateVendorData),
  };
}

async function checked(
  path: string | undefined,
  check: (content: Buffer, source: string) => unknown,
): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `The file ${path} cannot be read: ${error.code === 'ENOENT' ? 'it does not exist' : error.message}.`,
      hints: ['Check the path and its permissions.'],
    });
  });
  await check(content, path);
  return content;
}
