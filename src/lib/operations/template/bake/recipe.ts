import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import { invalid, type Json } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { findSnippets, isPackageName, type Snippet } from '../../../cloudinit/index.js';

/** What is to be in a template beyond its image, as it was asked for. */
export interface BakeRequest {
  packages: readonly string[];
  /** Ids, or files of one's own. */
  snippets: readonly string[];
  /** File of this machine. */
  script?: string;
  timeoutSeconds: number;
}

export interface Bake {
  packages: readonly string[];
  snippets: readonly Snippet[];
  script: { path: string; name: string; size: number; modifiedMillis: number } | undefined;
  /** For the notes of the template. */
  recipe: { [key: string]: Json };
  timeoutSeconds: number;
}

/** What the agent takes in good time; more belongs into a download. */
const largestScript = 1024 * 1024;

/** True when there is something to put in. */
export function bakes(request: BakeRequest | undefined): request is BakeRequest {
  return (
    request !== undefined &&
    (request.packages.length > 0 || request.snippets.length > 0 || request.script !== undefined)
  );
}

/**
 * @throws RequestError `PMX_INVALID_PACKAGE`, `PMX_SNIPPET_UNKNOWN`, `PMX_SNIPPET_INVALID`, `PMX_SCRIPT_INVALID`,
 *   `PMX_FILE_UNREADABLE`
 */
export async function readBake(request: BakeRequest): Promise<Bake> {
  const { timeoutSeconds } = request;
  const packages = [...new Set(request.packages)];
  for (const name of packages)
    if (!isPackageName(name))
      throw invalid(
        'PMX_INVALID_PACKAGE',
        'Package',
        name,
        'it must be a name of letters, digits and . _ + - : =',
        'For example: --packages git,curl',
      );
  const snippets = await findSnippets(request.snippets);
  const script = request.script === undefined ? undefined : await readScript(request.script);
  return {
    packages,
    snippets,
    script: script?.file,
    recipe: {
      ...(packages.length > 0 && { packages }),
      ...(snippets.length > 0 && { snippets: [...new Set(request.snippets)] }),
      ...(script && { script: `sha256:${script.sha256}` }),
    },
    timeoutSeconds,
  };
}

async function readScript(
  path: string,
): Promise<{ file: NonNullable<Bake['script']>; sha256: string }> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `The script ${path} cannot be read: ${error.code === 'ENOENT' ? 'it does not exist' : error.message}.`,
      hints: ['Check the path and its permissions.'],
      cause: error,
    });
  });
  const start = content.subarray(0, 256).toString('latin1');
  const wrong = !start.startsWith('#!')
    ? 'its first line must name what runs it'
    : (start.split('\n', 1)[0] ?? '').endsWith('\r')
      ? 'its lines end as those of Windows do, and no interpreter has such a name'
      : content.length > largestScript
        ? 'it must not be larger than 1 MiB'
        : undefined;
  if (wrong !== undefined)
    throw new RequestError({
      code: 'PMX_SCRIPT_INVALID',
      message: `The script ${path} cannot run in the template: ${wrong}.`,
      hints: ['For example: #!/bin/sh'],
    });
  const { size, mtimeMs } = await stat(path);
  return {
    file: { path: resolve(path), name: basename(path), size, modifiedMillis: Math.floor(mtimeMs) },
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
