import type { Guest, PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';
import { stringify } from 'yaml';

import type { GuestConfig } from '../../shared/guest-config.js';
import { readConfig } from '../../shared/read-configs.js';
import { templateReference } from '../read.js';
import { readRecord } from '../record.js';
import { requestLike } from './from-template.js';

/** An entry of the file that `template build` reads. */
export interface ExportedTemplate {
  name: string;
  distribution: string;
  [field: string]: unknown;
}

export interface TemplateExport {
  templates: ExportedTemplate[];
}

/** What every template of pmx has anyway. */
const usual: Readonly<Record<string, string | number>> = {
  scsihw: 'virtio-scsi-single',
  boot: 'order=scsi0',
  serial0: 'socket',
  vga: 'serial0',
  agent: 'enabled=1',
  ostype: 'l26',
  cpu: 'x86-64-v2-AES',
};

/**
 * How templates are made up, as a file that makes them anew elsewhere. Their disks are no part of it.
 * @param lenient leave out what has no distribution, instead of refusing it
 * @throws RequestError `PMX_NOT_EXPORTABLE`
 */
export async function exportTemplates(
  pve: PveReader,
  guests: readonly Guest[],
  lenient: boolean,
): Promise<{ document: TemplateExport; notes: string[] }> {
  const templates: ExportedTemplate[] = [];
  const notes: string[] = [];
  for (const guest of guests) {
    const config = (await readConfig(pve, guest)) ?? {};
    const { catalog } = readRecord(config['description']);
    if (catalog === undefined) {
      const problem = notExportable(guest);
      if (!lenient) throw problem;
      notes.push(`Left out: ${problem.message}`);
      continue;
    }
    const like = likeOf(guest, config, lenient);
    if ('left' in like) {
      notes.push(like.left);
      continue;
    }
    const { request, notes: said } = like;
    const { settings = {}, efi } = request;
    const networks = networksOf(settings);
    const { cpu, machine, bios, ...rest } = Object.fromEntries(
      Object.entries(settings).filter(
        ([key, value]) => usual[key] !== value && !(key in networks.taken),
      ),
    );
    notes.push(...said);
    templates.push({
      name: guest.name,
      distribution: catalog,
      ...(request.storage !== undefined && { storage: request.storage }),
      ...(request.pool !== undefined && { pool: request.pool }),
      ...(request.tags.length > 0 && { tags: [...request.tags] }),
      memory: request.memoryMebibytes,
      cores: request.cores,
      ...Object.fromEntries(
        Object.entries({ cpu, machine, bios }).filter(([, value]) => value !== undefined),
      ),
      ...(efi?.secureBoot && { secureBoot: true }),
      ...(request.tpm && { tpm: true }),
      networks: networks.list,
      ...(request.cloudInit === 'none' && { cloudInit: 'none' }),
      ...(request.bake && request.bake.packages.length > 0 && { packages: request.bake.packages }),
      ...(request.bake && request.bake.snippets.length > 0 && { snippets: request.bake.snippets }),
      ...(Object.keys(rest).length > 0 && {
        options: Object.fromEntries(
          Object.entries(rest).map(([key, value]) => [key, String(value)]),
        ),
      }),
    });
  }
  return { document: { templates }, notes };
}

/** One that a script was put into has no copy of it. */
function likeOf(
  guest: Guest,
  config: GuestConfig,
  lenient: boolean,
): ReturnType<typeof requestLike> | { left: string } {
  try {
    return requestLike(guest, config);
  } catch (error) {
    if (!lenient || !isPmxError(error)) throw error;
    return { left: `Left out: ${error.message}` };
  }
}

export function exportText(document: TemplateExport): string {
  return stringify(document, { lineWidth: 0 });
}

/** Those that follow one another from net0 are a list; others keep their numbers among the options. */
function networksOf(settings: Readonly<Record<string, string | number>>): {
  list: string[];
  taken: Record<string, true>;
} {
  const list: string[] = [];
  const taken: Record<string, true> = {};
  for (let index = 0; settings[`net${index}`] !== undefined; index++) {
    list.push(String(settings[`net${index}`]));
    taken[`net${index}`] = true;
  }
  return { list, taken };
}

function notExportable(guest: Guest): RequestError {
  return new RequestError({
    code: 'PMX_NOT_EXPORTABLE',
    message: `Template ${templateReference(guest)} (${guest.vmid}) was not made from a distribution of the catalogue, and the API of Proxmox VE gives no disk of a guest away, so there is nothing that it could be made from elsewhere.`,
    hints: [
      `Back it up to a storage that both clusters see, and restore it there: pmx template backup ${guest.vmid}, then pmx template restore ARCHIVE`,
      'Or copy the archive from the node (pvesm path ARCHIVE), then restore it.',
    ],
  });
}
