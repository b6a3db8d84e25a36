import { invalid, type PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

/** What can be put onto a storage over the API; disks, backups and snippets cannot. */
export const uploadable = ['iso', 'vztmpl', 'import'] as const;
export type Uploadable = (typeof uploadable)[number];

const endings: Readonly<Record<Uploadable, RegExp>> = {
  iso: /\.(?:iso|img)$/i,
  vztmpl: /\.tar\.(?:gz|xz|zst|bz2)$/i,
  import: /\.(?:ova|ovf|qcow2|raw|vmdk)$/i,
};

/**
 * The kind that was asked for, else the one that the name's ending tells.
 * @throws RequestError `PMX_CONTENT_UNKNOWN`
 */
export function contentOf(filename: string, asked: Uploadable | undefined): Uploadable {
  const told = uploadable.find((kind) => endings[kind].test(filename));
  if (asked !== undefined ? endings[asked].test(filename) : told !== undefined)
    return asked ?? told!;
  throw new RequestError({
    code: 'PMX_CONTENT_UNKNOWN',
    message:
      asked === undefined
        ? `'${filename}' does not tell by its ending what it is.`
        : `'${filename}' does not end as content '${asked}' has to on the server.`,
    hints: [
      'iso: .iso .img; vztmpl: .tar.gz .tar.xz .tar.zst .tar.bz2; import: .qcow2 .raw .vmdk .ova .ovf',
      'Give it another name on the server: --filename NAME',
    ],
  });
}

/** As the server would change it; done here so that plan and undo know the name. */
export function serverName(name: string): string {
  return name.replaceAll(/[^-a-zA-Z0-9_.]/g, '_').replace(/^\.+/, '_');
}

export interface Checksum {
  algorithm: 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
  value: string;
}

const digits: Readonly<Record<Checksum['algorithm'], number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/**
 * `sha256:9f86…`; without the algorithm its length tells.
 * @throws RequestError `PMX_INVALID_CHECKSUM`
 */
export function parseChecksum(text: string): Checksum {
  const [, named, value = ''] = /^(?:(\w+)[:=])?([0-9a-f]+)$/i.exec(text.trim()) ?? [];
  const algorithm = (Object.keys(digits) as Array<Checksum['algorithm']>).find(
    (name) =>
      (named === undefined || named.toLowerCase() === name) && digits[name] === value.length,
  );
  if (algorithm !== undefined) return { algorithm, value: value.toLowerCase() };
  throw invalid(
    'PMX_INVALID_CHECKSUM',
    'Checksum',
    text,
    `it must be ${Object.keys(digits).join(', ')}, a colon, and as many hexadecimal digits as that has`,
    'For example: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  );
}

/** @throws RequestError `PMX_VOLUME_EXISTS` unless it may be replaced; whether it is there */
export async function findExisting(
  pve: PveReader,
  place: { node: string; storage: string; content: Uploadable },
  filename: string,
  replace: boolean,
): Promise<boolean> {
  const { node, storage, content } = place;
  const volid = `${storage}:${content}/${filename}`;
  const rows = await pve.get<Array<{ volid: string }>>(
    `/nodes/${node}/storage/${storage}/content`,
    {
      content,
    },
  );
  const there = rows.some((row) => row.volid === volid);
  if (!there || replace) return there;
  throw new RequestError({
    code: 'PMX_VOLUME_EXISTS',
    message: `There is ${volid} already on node ${node}.`,
    hints: [
      'Give it another name: --filename NAME',
      `Or remove the old one: pmx storage delete ${volid}`,
    ],
    data: { volid, node },
  });
}
