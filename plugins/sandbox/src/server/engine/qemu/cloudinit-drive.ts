import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { App } from '../../app.js';
import { failure } from '../../errors.js';
import { cloudInitFile } from '../../qemu/cloudinit.js';
import type { Vm } from '../../state/model.js';
import { CLOUDINIT_BYTES } from '../../storage/images.js';
import { parseVolume } from '../../storage/volumes.js';
import { parts } from './command/types.js';
import type { DriveFile } from './command/types.js';

const run = promisify(execFile);
/** PVE leaves that much of the drive to ISO 9660 itself. */
const MAX_FILES = 3 * 1024 * 1024;

/** The tools that write ISO images, with what makes the second behave like the first. */
const TOOLS: readonly [string, readonly string[]][] = [
  ['genisoimage', []],
  ['xorriso', ['-as', 'mkisofs']],
];

/** What is on the drive; a snippet of `cicustom` takes the place of what PVE would write. */
async function files(app: App, vm: Vm): Promise<Record<string, string>> {
  const custom = parts(String(vm.config['cicustom'] ?? ''), 'none');
  const file = async (name: string, byDefault: string): Promise<string> => {
    const volid = custom[name];
    if (volid === undefined) return byDefault;
    const volume = parseVolume(volid);
    return readFile(app.storages.path(vm.node, volume), 'utf8').catch(() => {
      throw failure(`volume '${volid}' does not exist`);
    });
  };
  return {
    'user-data': await file('user', cloudInitFile(vm, 'user')),
    'network-config': await file('network', cloudInitFile(vm, 'network')),
    'meta-data': await file('meta', cloudInitFile(vm, 'meta')),
    'vendor-data': await file('vendor', ''),
  };
}

async function makeIso(folder: string, iso: string): Promise<void> {
  const options = ['-quiet', '-iso-level', '3', '-J', '-R', '-V', 'cidata', '-o', iso, folder];
  for (const [tool, before] of TOOLS) {
    try {
      await run(tool, [...before, ...options]);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw failure(`${tool} failed: ${String((error as { stderr?: string }).stderr).trim()}`);
    }
  }
  throw failure('a cloud-init drive needs genisoimage or xorriso: apt install genisoimage');
}

/** Writes the drive anew, as PVE does at every start. */
export async function writeCloudInitDrive(
  app: App,
  vm: Vm,
  drive: DriveFile,
  workDir: string,
): Promise<void> {
  const { config } = vm;
  const type = String(
    config['citype'] ?? (/^w/.test(String(config['ostype'])) ? 'configdrive2' : 'nocloud'),
  );
  if (type !== 'nocloud')
    throw failure(`cloud-init of type '${type}' is not part of the sandbox; set citype to nocloud`);
  const content = await files(app, vm);
  const size = Object.values(content).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (size > MAX_FILES) throw failure('Cloud-Init sum of snippets too big (> 3 MiB)');
  const work = await mkdtemp(join(workDir, `cloudinit-${vm.vmid}-`));
  try {
    const folder = join(work, 'files');
    await mkdir(folder, { mode: 0o700 });
    for (const [name, text] of Object.entries(content)) await writeFile(join(folder, name), text);
    const iso = join(work, 'seed.iso');
    await makeIso(folder, iso);
    await truncate(iso, CLOUDINIT_BYTES);
    await app.qemuImg.command(['convert', '-f', 'raw', '-O', drive.format, iso, drive.path]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
