import { allSteps, type Inventory, type Plan, type PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { archiveConfig } from '../backup/archive-config.js';
import { type Backup, findBackup, isVolid, readBackups } from '../backup/read.js';
import { planRestore, type RestoreRequest, type RestoreResult } from '../backup/restore.js';
import { shareReads } from '../shared/shared-reads.js';
import { tagSteps } from './promote.js';
import { familyOf } from './read.js';
import { isLatest, latestTag, versionOf } from './record.js';

export interface TemplateRestoreRequest extends Omit<RestoreRequest, 'force' | 'start'> {
  /** The bare name means it from then on; otherwise only when no other version is latest. */
  promote: boolean;
}

export interface TemplateRestoreResult extends RestoreResult {
  version: string | null;
  latest: boolean;
}

/**
 * A template from its backup. Proxmox VE makes it a template again by itself.
 * @throws RequestError `PMX_ARCHIVE_NOT_FOUND`, `PMX_ARCHIVE_NOT_TEMPLATE`, `PMX_VERSION_EXISTS`
 */
export async function planTemplateRestore(
  reader: PveReader,
  known: Inventory,
  { promote, ...request }: TemplateRestoreRequest,
): Promise<Plan> {
  const { pve, inventory } = shareReads(reader, known);
  const backup = await findArchive(pve, inventory, request);
  const plan = await planRestore(pve, inventory, {
    ...request,
    backup: backup.volid,
    force: false,
    start: false,
  });
  const result = plan.result as unknown as RestoreResult;
  const { node, name } = result;
  const { config } = await archiveConfig(pve, { node, volid: backup.volid });
  if (backup.type !== 'qemu' || Number(config['template'] ?? 0) !== 1) throw notTemplate(backup);
  const tags = String(config['tags'] ?? '')
    .split(/[;,\s]+/)
    .filter((tag) => tag !== '');
  const version = versionOf({ tags });
  const family = familyOf(await inventory.freshGuests(), { name, type: 'qemu' });
  const twin = family.find((guest) => guest.node === node && versionOf(guest) === version);
  if (version !== undefined && twin) throw versionExists(name, version, twin.vmid, node);
  const older = family.filter((guest) => isLatest(guest) && versionOf(guest) !== version);
  const latest = version !== undefined && (promote || (isLatest({ tags }) && older.length === 0));
  const kept = [...tags.filter((tag) => tag !== latestTag), ...(latest ? [latestTag] : [])];
  const retire = latest ? await tagSteps(pve, older, false) : [];
  const [restore, ...rest] = allSteps(plan.steps);
  const args = restore!.args as { params: object };
  return {
    ...plan,
    operation: 'template.restore',
    target: `template ${name}`,
    title: `Restore template ${name}${version === undefined ? '' : `@${version}`} from ${backup.volid} on node ${node}`,
    steps: [
      {
        ...restore!,
        args: {
          ...args,
          params: { ...args.params, ...(tags.length > 0 && { tags: kept.join(';') }) },
        },
      } as typeof restore & object,
      ...rest,
      ...retire,
    ],
    variables: { ...plan.variables, ...Object.fromEntries(retire.map(({ id }) => [id, null])) },
    result: { ...(plan.result as object), version: version ?? null, latest } as Plan['result'],
  };
}

/** An archive; else the newest backup of a template that is there, or that its notes name. */
async function findArchive(
  pve: PveReader,
  inventory: Inventory,
  { backup: word, node }: Pick<TemplateRestoreRequest, 'backup' | 'node'>,
): Promise<Backup> {
  if (isVolid(word) || /^\d+$/.test(word)) return findBackup(pve, inventory, word, { node });
  const there = await templateCalled(inventory, word);
  const all = await readBackups(pve, inventory, { node });
  const found =
    all.find(({ vmid, type }) => vmid === there && type === 'qemu') ??
    all.find(({ notes, type }) => type === 'qemu' && isCalled(notes, word));
  if (found) return found;
  throw new RequestError({
    code: 'PMX_ARCHIVE_NOT_FOUND',
    message: `There is no backup of a template '${word}'.`,
    hints: [
      'See all of them: pmx backup list',
      'A template that is gone is found by the notes of its backup, which template backup writes; else name the archive.',
    ],
  });
}

async function templateCalled(inventory: Inventory, word: string): Promise<number | undefined> {
  try {
    const [guest] = await inventory.resolveGuests([word], {
      type: 'qemu',
      template: true,
      noun: 'template',
    });
    return guest?.vmid;
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** `debian-13@2026.11.20` in the notes is called so, and `debian-13`. */
function isCalled(notes: string, word: string): boolean {
  const [first = ''] = notes.trim().split('\n');
  return first === word || first.startsWith(`${word}@`);
}

function notTemplate({ volid }: Backup): RequestError {
  return new RequestError({
    code: 'PMX_ARCHIVE_NOT_TEMPLATE',
    message: `${volid} is no backup of a template.`,
    hints: [`Restore it as what it is: pmx backup restore ${volid}`],
  });
}

function versionExists(name: string, version: string, vmid: number, node: string): RequestError {
  return new RequestError({
    code: 'PMX_VERSION_EXISTS',
    message: `There is a template ${name}@${version} on node ${node} already: ${vmid}.`,
    hints: [
      'Give the restored one another name: --name NAME',
      `Or delete the one there is first: pmx template delete ${vmid}`,
    ],
    data: { vmid },
  });
}
