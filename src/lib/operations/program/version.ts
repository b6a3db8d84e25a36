import type { Paths, Session } from '@pmx-cli/kit';
import { kitVersion } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { SystemKeychain } from '../../auth/secrets/keychain.js';
import { installedBy, type InstalledBy } from './installed.js';

export interface PluginVersion {
  name: string;
  version: string;
  /** `core`: comes with pmx. */
  type: string;
}

export interface VersionDetails {
  node: string;
  oclif: string;
  /** Of the contract with plugins. */
  kit: string;
  /** `linux-x64` */
  platform: string;
  /** What pmx was installed with, and where it is. */
  installed: { by: InstalledBy; folder: string };
  paths: Paths;
  plugins: PluginVersion[];
  keychain: { available: boolean; reason?: string };
}

export interface ServerVersion {
  endpoint: string;
  version: string;
}

export interface Version {
  version: string;
  /** With --verbose. */
  details?: VersionDetails;
  /** With --server. */
  server?: ServerVersion;
}

export async function versionDetails(
  paths: Paths,
  program: { oclif: string; plugins: PluginVersion[] },
): Promise<VersionDetails> {
  const { by, folder } = installedBy();
  return {
    node: process.versions.node,
    oclif: program.oclif,
    kit: kitVersion,
    platform: `${process.platform}-${process.arch}`,
    installed: { by, folder },
    paths,
    plugins: program.plugins.sort((a, b) => (a.name < b.name ? -1 : 1)),
    keychain: await keychainState(),
  };
}

/** Stores and reads nothing. */
async function keychainState(): Promise<VersionDetails['keychain']> {
  const keychain = new SystemKeychain();
  if (!keychain.likely()) return { available: false, reason: 'there is no session bus' };
  try {
    await keychain.probe();
    return { available: true };
  } catch (error) {
    if (!isPmxError(error)) throw error;
    return { available: false, reason: error.message };
  }
}

export async function serverVersion(
  session: Pick<Session, 'pve' | 'access'>,
): Promise<ServerVersion> {
  const pve = await session.pve();
  const { version } = await pve.get<{ version: string }>('/version');
  return { endpoint: (await session.access.facts()).endpoint, version };
}
