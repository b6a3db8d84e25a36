import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { Json, Plan, Settings, Step } from '@pmx-cli/kit';
import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { ownPackage, type Standalone } from '../../config/place.js';
import { misfitOf } from '../../plugins/compatible.js';
import { readPackage } from '../../plugins/package-file.js';
import { compareVersions } from '../../plugins/range.js';
import { readStore, rootOf, storeFolder } from '../../plugins/store.js';
import { type Archive, archiveOf, isVersion, newestVersion, releaseFolder } from './newest.js';
import { anyVersion, commandFor, type Installed, installedBy, isWritable } from './installed.js';

/** What `pmx update` and `pmx update rollback` return. */
export interface ProgramUpdate {
  /** The version that ran this. */
  version: string;
  /** What there is at the registry, or is wanted; null where nobody looked. */
  newest: string | null;
  newer: boolean;
  /** What pmx was installed with. */
  installedBy: Installed['by'];
  /** The command that changes the version, where pmx does not do that itself. */
  command: string | null;
  /** Another version is in use from the next start on. */
  changed: boolean;
  /** Why nobody looked. */
  off: string | null;
}

export interface UpdateRequest {
  /** Only look. */
  check: boolean;
  /** This version instead of the newest one. */
  to?: string | undefined;
}

export interface UpdateSurroundings {
  settings: Pick<Settings, 'get' | 'origin'>;
  paths: { data: string };
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  installed?: Installed;
  writable?: (path: string) => boolean;
  own?: ReturnType<typeof ownPackage>;
}

/**
 * Asks which version is the newest; a standalone pmx is then changed to it, of others the command is told.
 * @throws RequestError `PMX_UPDATE_OFF`, `PMX_RELEASE_NOT_FOUND`, `PMX_UPDATE_NO_ARCHIVE`
 * @throws SurroundingsError `PMX_UPDATE_…`
 */
export async function planProgramUpdate(
  { check, to }: UpdateRequest,
  around: UpdateSurroundings,
): Promise<Plan> {
  const { settings, signal, installed = installedBy(), own = ownPackage() } = around;
  const off = await whyOff(around);
  if (off !== undefined && !check) throw switchedOff(off);
  const { version, name, repository } = own;
  const idle: ProgramUpdate = {
    version,
    newest: null,
    newer: false,
    installedBy: installed.by,
    command: null,
    changed: false,
    off: off ?? null,
  };
  if (off !== undefined) return planOf(idle, 'Look for a newer pmx', []);
  const registry = await settings.get('updateRegistry');
  const newest = await newestVersion({ name, registry, wanted: to }, signal);
  const newer = compareVersions(newest, version) > 0;
  const found = { ...idle, newest, newer };
  if (newest === version || (!newer && to === undefined))
    return planOf(found, `Update pmx ${version}`, []);
  const folder = releaseFolder(newest, await settings.get('updateArchives'), repository);
  const fromOwn = (await settings.origin('updateRegistry')).layer === 'default';
  const command =
    commandFor(installed, {
      version: newest,
      registry: fromOwn ? undefined : registry,
      archives: folder,
    }) ?? null;
  const title = `Update pmx from ${version} to ${newest}`;
  const { standalone } = installed;
  if (check || !standalone) return planOf({ ...found, command }, title, []);
  refuseReadOnly(standalone, around.writable);
  const from = inUse(standalone);
  const kept = isKept(standalone, newest);
  if (!kept && folder === undefined) throw noPlace(newest);
  const archive = kept ? undefined : await archiveOf(newest, folder!, signal);
  return planOf(
    { ...found, changed: true },
    title,
    [
      ...(archive ? [fetchStep(standalone, newest, archive)] : []),
      switchStep(standalone, { from, to: newest, remember: true }),
    ],
    [
      ...olderNotes(standalone, [from, newest]),
      ...pluginNotes(storeFolder(around.paths.data), newest),
    ],
  );
}

/**
 * Back to the version that was in use before the last update, which is kept.
 * @throws RequestError `PMX_UPDATE_OFF`, `PMX_NO_OLDER_RELEASE`; SurroundingsError `PMX_UPDATE_NOT_WRITABLE`
 */
export async function planProgramRollback(around: UpdateSurroundings): Promise<Plan> {
  const { installed = installedBy(), own = ownPackage() } = around;
  const off = await whyOff(around);
  if (off !== undefined) throw switchedOff(off);
  const result: ProgramUpdate = {
    version: own.version,
    newest: null,
    newer: false,
    installedBy: installed.by,
    command: commandFor(installed, { version: anyVersion }) ?? null,
    changed: false,
    off: null,
  };
  const { standalone } = installed;
  if (!standalone) return planOf(result, 'Go back to an older pmx', []);
  refuseReadOnly(standalone, around.writable);
  const from = inUse(standalone);
  const to = before(standalone, from);
  if (to === undefined || !isKept(standalone, to)) throw noOlder(standalone, from);
  return planOf(
    { ...result, newest: to, command: null, changed: true },
    `Go back from pmx ${from} to ${to}`,
    [switchStep(standalone, { from, to, remember: false })],
  );
}

function planOf(
  result: ProgramUpdate,
  title: string,
  steps: Step[],
  notes: readonly string[] = [],
): Plan {
  return {
    operation: 'program.update',
    target: 'pmx',
    title,
    local: true,
    steps,
    notes,
    result: result as unknown as Json,
  };
}

function fetchStep({ root }: Standalone, version: string, { url, sha256, bytes }: Archive): Step {
  const size = bytes === undefined ? '' : ` (${(bytes / 2 ** 20).toFixed(1)} MiB)`;
  return {
    id: 'fetch',
    kind: 'program.fetch',
    title: `Download ${url}${size}, check and unpack it beside`,
    args: { root, version, url, sha256 },
    undo: [
      {
        kind: 'program.discard',
        title: `Remove pmx ${version} again`,
        args: { root, version },
      },
    ],
  };
}

function switchStep(
  { root }: Standalone,
  { from, to, remember }: { from: string; to: string; remember: boolean },
): Step {
  return {
    id: 'switch',
    kind: 'program.switch',
    title: `Use pmx ${to} from the next start on; ${from} is kept`,
    args: { root, from, to, remember },
    undo: [
      {
        kind: 'program.switch',
        title: `Use pmx ${from} again`,
        args: { root, from: to, to: from, remember: false },
      },
    ],
  };
}

/** Not always the one that runs: another pmx may have updated it meanwhile. */
function inUse({ root }: Standalone): string {
  return basename(readlinkSync(join(root, 'lib')));
}

function isKept({ root }: Standalone, version: string): boolean {
  try {
    return ownPackage(join(root, 'versions', version, 'node_modules/pmx-cli')).version === version;
  } catch {
    return false;
  }
}

/** What it replaced, as the update noted it. */
function before({ root }: Standalone, version: string): string | undefined {
  try {
    const text = readFileSync(join(root, 'versions', version, 'previous'), 'utf8').trim();
    return isVersion(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Only the version that is replaced is kept. */
function olderNotes({ root }: Standalone, kept: readonly string[]): string[] {
  const older = readdirSync(join(root, 'versions')).filter(
    (name) => isVersion(name) && !kept.includes(name),
  );
  return older.length > 0 ? [`Older versions are removed for good: ${older.join(', ')}.`] : [];
}

function pluginNotes(folder: string, version: string): string[] {
  const store = readStore(folder);
  return (store?.plugins ?? []).flatMap((plugin) => {
    try {
      const misfit = misfitOf(readPackage(rootOf(store!.folder, plugin)), version);
      return misfit
        ? [`Plugin ${plugin.name} ${misfit.needs}, so pmx ${version} leaves it out.`]
        : [];
    } catch {
      return [];
    }
  });
}

/** Variables by which build servers tell that nobody sits there. */
const ciVariables = ['CI', 'CONTINUOUS_INTEGRATION', 'BUILD_NUMBER', 'TF_BUILD', 'JENKINS_URL'];

async function whyOff({ env, settings }: UpdateSurroundings): Promise<string | undefined> {
  const ci = ciVariables.find((name) => env[name] && !/^(?:false|0|no)$/i.test(env[name]));
  if (ci !== undefined) return `this is CI (${ci} is set)`;
  if (await settings.get('updates')) return undefined;
  const { source, layer } = await settings.origin('updates');
  return `the setting updates is false (${source ?? layer})`;
}

function switchedOff(why: string): RequestError {
  return new RequestError({
    code: 'PMX_UPDATE_OFF',
    message: `pmx does not update itself here: ${why}.`,
    hints: ['Who said so: pmx config view --origins', 'pmx explain PMX_UPDATE_OFF tells more.'],
  });
}

function refuseReadOnly({ root }: Standalone, writable = isWritable): void {
  if (writable(root) && writable(join(root, 'versions'))) return;
  throw new SurroundingsError({
    code: 'PMX_UPDATE_NOT_WRITABLE',
    message: `${root} may not be written by you.`,
    hints: [`Run it as its owner, for example: sudo ${join(root, 'bin', 'pmx')} update`],
    data: { root },
  });
}

function noPlace(version: string): RequestError {
  return new RequestError({
    code: 'PMX_UPDATE_NO_ARCHIVE',
    message: `pmx ${version} is there, but nothing says where its archives are: this pmx was built from a repository without a public place.`,
    hints: ['Say it: pmx config set updateArchives https://HOST/FOLDER/VERSION/'],
    data: { version },
  });
}

function noOlder({ root }: Standalone, version: string): RequestError {
  return new RequestError({
    code: 'PMX_NO_OLDER_RELEASE',
    message: `No version is kept that pmx ${version} has replaced (${join(root, 'versions')}).`,
    hints: ['A certain one: pmx update --to VERSION'],
  });
}
