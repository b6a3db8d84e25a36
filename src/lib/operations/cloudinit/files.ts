import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { text as streamText } from 'node:stream/consumers';

import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { type GivenValues, isTemplate, refuse, toText } from '../../cloudinit/index.js';

export interface ReadFile {
  /** For messages. */
  source: string;
  content: Buffer;
}

/**
 * A file, or standard input for `-`.
 * @throws RequestError `PMX_FILE_UNREADABLE`
 */
export async function readInput(path: string): Promise<ReadFile> {
  if (path === '-')
    return { source: 'standard input', content: Buffer.from(await streamText(process.stdin)) };
  try {
    return { source: path, content: await readFile(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `The file ${path} cannot be read: ${code === 'ENOENT' ? 'it does not exist' : code === 'EISDIR' ? 'it is a folder' : message}.`,
      hints: ['Check the path and its permissions.'],
      cause: error,
    });
  }
}

/** Bytes that may be packed stay as they are; only text can be a template. */
export function templateText({ source, content }: ReadFile): string | undefined {
  if (content[0] === 0x1f && content[1] === 0x8b) return undefined;
  const start = content.subarray(0, 64).toString('latin1');
  return isTemplate(start) || start.startsWith('\u00ef\u00bb\u00bf##')
    ? toText(content, source)
    : undefined;
}

/**
 * Values for templates: `--set NAME=VALUE` wins over `--values FILE`.
 * @throws RequestError `PMX_CLOUDINIT_VALUE`, `PMX_FILE_UNREADABLE`
 */
export async function givenValues(
  sets: readonly string[],
  files: readonly string[],
): Promise<GivenValues> {
  const words = new Map<string, string>();
  for (const set of sets) {
    const at = set.indexOf('=');
    if (at > 0) words.set(set.slice(0, at), set.slice(at + 1));
    else
      throw new RequestError({
        code: 'PMX_CLOUDINIT_VALUE',
        message: 'A value of --set is not written as NAME=VALUE.',
        hints: ['For example: --set port=8080'],
      });
  }
  const document = new Map<string, unknown>();
  for (const path of files) {
    const { source, content } = await readInput(path);
    for (const [name, value] of Object.entries(await mapping(toText(content, source), source)))
      document.set(name, value);
  }
  return { words, document };
}

async function mapping(text: string, source: string): Promise<Record<string, unknown>> {
  const { parseYaml } = await import('../../cloudinit/yaml.js');
  const value: unknown = (await parseYaml(text, source)).toJS();
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw refuse({
    code: 'PMX_CLOUDINIT_VALUE',
    source,
    found: 'has no YAML mapping at the top',
    rule: 'a file of values has names and their values',
    hints: ['For example:\nport: 8080\npackages: [git, curl]'],
  });
}

/**
 * Writes beside and renames: nobody ever finds half a file. Only its owner may read it.
 * @throws SurroundingsError `PMX_FILE_UNWRITABLE`
 */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  // A pipe or a device is written to, not replaced.
  const special = await stat(path).then(
    (found) => !found.isFile(),
    () => false,
  );
  const beside = special ? path : `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(beside, content, { mode: 0o600 });
    if (!special) await rename(beside, path);
  } catch (error) {
    if (!special) await rm(beside, { force: true });
    throw new SurroundingsError({
      code: 'PMX_FILE_UNWRITABLE',
      message: `The file ${path} cannot be written: ${(error as Error).message}`,
      hints: ['Name a file in a folder that you may write to.'],
      cause: error,
    });
  }
}
