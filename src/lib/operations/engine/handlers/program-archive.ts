import { createReadStream } from 'node:fs';
import { mkdir, open, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { extract, type Header } from 'tar-stream';

/** More is no pmx. */
const mostBytes = 4 * 2 ** 30;

/**
 * Unpacks `TOP/versions/VERSION/…` of a standalone archive, and nothing else of it; on the disk when this
 * returns. Nothing is written outside of `tree`.
 * @throws Error that says what is wrong with it
 */
export async function unpackProgram(
  archive: string,
  tree: string,
  version: string,
  signal: AbortSignal,
): Promise<void> {
  const tar = extract();
  const unpacked = pipeline(createReadStream(archive), createGunzip(), tar, { signal });
  // Its error comes out of the loop below as well.
  unpacked.catch(() => undefined);
  let bytes = 0;
  let found = false;
  for await (const entry of tar) {
    const path = pathIn(entry.header, version);
    bytes += entry.header.size ?? 0;
    if (bytes > mostBytes) throw new Error(`it is larger than ${mostBytes / 2 ** 30} GiB unpacked`);
    if (path === undefined) {
      entry.resume();
      continue;
    }
    found = true;
    await make(entry as unknown as Readable, entry.header, tree, path);
  }
  await unpacked;
  if (!found) throw new Error('there is nothing in it');
}

/** Below the version; undefined for what is not of it, as `bin` and `lib` beside it. */
function pathIn({ name }: Header, version: string): string | undefined {
  const [, place, path] = /^[^/]+\/versions\/([^/]+)\/(.+?)\/?$/.exec(name) ?? [];
  if (place === undefined || path === undefined) return undefined;
  if (place !== version) throw new Error(`it is version ${place}, not ${version}`);
  if (normalize(path) !== path || path.startsWith('..'))
    throw new Error(`'${name}' leads out of it`);
  return path;
}

async function make(
  entry: Readable,
  { type, mode = 0o644, linkname = '', name }: Header,
  tree: string,
  path: string,
): Promise<void> {
  const target = join(tree, path);
  await mkdir(type === 'directory' ? target : dirname(target), { recursive: true, mode: 0o755 });
  switch (type) {
    case 'directory':
      return void entry.resume();
    case 'symlink': {
      const leads = normalize(join(dirname(path), linkname));
      if (linkname.startsWith('/') || leads.startsWith('..'))
        throw new Error(`'${name}' leads out of it, to '${linkname}'`);
      await symlink(linkname, target);
      return void entry.resume();
    }
    case 'file':
    case 'contiguous-file': {
      // Not over anything, so also not through a link.
      const file = await open(target, 'wx', mode & 0o755);
      try {
        for await (const chunk of entry) await file.write(chunk as Buffer);
        await file.sync();
      } finally {
        await file.close();
      }
      return;
    }
    default:
      throw new Error(`'${name}' is neither file nor folder`);
  }
}
