import type { Guest, Json } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { bootDisk, drivesOf, type GuestConfig } from '../../shared/guest-config.js';
import type { BakeRequest } from '../bake/recipe.js';
import type { TemplateCreateRequest } from '../create.js';
import { isVersionTag, readRecord } from '../record.js';

type Made = Pick<
  TemplateCreateRequest,
  | 'name'
  | 'node'
  | 'pool'
  | 'storage'
  | 'memoryMebibytes'
  | 'cores'
  | 'networks'
  | 'settings'
  | 'diskOptions'
  | 'efi'
  | 'tpm'
  | 'cloudInit'
  | 'tags'
  | 'bake'
>;

/** What the server or pmx gives each guest anew. */
const own =
  /^(?:name|description|tags|digest|template|meta|vmgenid|smbios1|lock|parent|memory|cores|unused\d+|(?:ide|sata|scsi|virtio)\d+|efidisk0|tpmstate0)$/;

/** How a template is made up, so that another version can be made up the same. */
export function requestLike(
  { name, node, pool, tags }: Guest,
  config: GuestConfig,
): { request: Made; notes: string[] } {
  const boot = bootDisk(config);
  const drives = drivesOf(config);
  const others = drives.filter(
    ({ kind, slot }) => kind === 'disk' && slot !== boot?.slot && !/^(?:efi|tpm)/.test(slot),
  );
  const options = Object.entries(config).filter(
    (entry): entry is [string, string | number] =>
      entry[1] !== undefined &&
      !own.test(entry[0]) &&
      entry[0] !== 'cipassword' &&
      (entry[0] !== 'boot' || boot?.slot === 'scsi0'),
  );
  const { recipe } = readRecord(config['description']);
  const efi = config['efidisk0'];
  return {
    request: {
      name,
      node,
      ...(pool !== undefined && { pool }),
      ...(boot && { storage: boot.volid.split(':', 1)[0]! }),
      memoryMebibytes: Number(String(config['memory'] ?? 512).replace(/^current=/, '')),
      cores: Number(config['cores'] ?? 1),
      // They are among the settings, under their own numbers.
      networks: [],
      settings: Object.fromEntries(options.map(([key, value]) => [key, withoutMac(key, value)])),
      diskOptions: diskOptions(config, boot?.slot),
      ...(efi !== undefined && {
        efi: { secureBoot: /pre-enrolled-keys=1/.test(String(efi)) },
      }),
      tpm: config['tpmstate0'] !== undefined,
      cloudInit: drives.some(({ kind }) => kind === 'cloudinit') ? 'native' : 'none',
      tags: tags.filter((tag) => !isVersionTag(tag)),
      ...(recipe && { bake: bakeLike(name, recipe) }),
    },
    notes: [
      ...(others.length > 0
        ? [
            `${name}: its other disks (${others.map(({ slot }) => slot).join(', ')}) are not part of the image and do not come along.`,
          ]
        : []),
      ...(config['cipassword'] === undefined
        ? []
        : [`${name}: its cloud-init password cannot be read and does not come along.`]),
    ],
  };
}

/**
 * What was put into the template is put into the new version as well.
 * @throws RequestError `PMX_BAKE_SCRIPT` when there was a script, of which only the checksum is known
 */
function bakeLike(name: string, recipe: { [key: string]: Json }): BakeRequest {
  if (recipe['script'] !== undefined)
    throw new RequestError({
      code: 'PMX_BAKE_SCRIPT',
      message: `A script was put into template ${name}, and the template only knows its checksum.`,
      hints: [
        `Make the new version with it: pmx template create … --name ${name} --script FILE --version auto`,
      ],
    });
  const list = (value: Json | undefined): string[] =>
    Array.isArray(value) ? value.map(String) : [];
  return {
    packages: list(recipe['packages']),
    snippets: list(recipe['snippets']),
    timeoutSeconds: 1200,
  };
}

function withoutMac(key: string, value: string | number): string | number {
  if (!/^net\d+$/.test(key)) return value;
  return String(value).replace(/^(\w+)=(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/i, '$1');
}

/** Beside those that every template gets, and what the new disk will have of its own. */
function diskOptions(config: GuestConfig, slot: string | undefined): string {
  const [, ...options] = String((slot && config[slot]) ?? '').split(',');
  return options
    .filter((option) => !/^(?:size|format|media|discard|iothread)=/.test(option))
    .map((option) => `,${option}`)
    .join('');
}
