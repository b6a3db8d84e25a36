import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { text as streamText } from 'node:stream/consumers';

import { RequestError } from '@pmx-cli/kit/errors';
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type YAMLMap } from 'yaml';

import { closest } from '../../inventory/closest.js';
import { checkMapping, refuse, type Source } from './check.js';
import type { Manifest, Metadata } from './document.js';
import { apiVersion, type Kind, kinds } from './fields.js';

export type Variables = Readonly<Record<string, string>>;

const topLevel = ['apiVersion', 'kind', 'metadata', 'spec', 'vars', 'each'];
const reference = /\$\$\{|\$\{([A-Za-z_]\w*)\}/g;

/**
 * Documents of files, of all YAML files of a folder, or of standard input (`-`).
 * @throws RequestError `PMX_INVALID_MANIFEST`, `PMX_FILE_UNREADABLE`, `PMX_NAME_TWICE`
 */
export async function readManifests(
  paths: readonly string[],
  variables: Variables,
): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const path of paths)
    for (const { name, folder, content } of await sourcesOf(path))
      manifests.push(...parseManifests(name, content, variables, folder));
  if (manifests.length === 0) {
    throw new RequestError({
      code: 'PMX_INVALID_MANIFEST',
      message: `There is no document in ${paths.join(', ')}.`,
      hints: ['A file begins like this: apiVersion: pmx/v1, kind: VirtualMachine'],
    });
  }
  refuseTwins(manifests);
  return manifests;
}

/** Text of a file, of all YAML files of a folder, or of standard input. @throws RequestError `PMX_FILE_UNREADABLE` */
export async function sourcesOf(
  path: string,
): Promise<Array<{ name: string; folder: string; content: string }>> {
  if (path === '-')
    return [{ name: 'standard input', folder: '.', content: await streamText(process.stdin) }];
  try {
    if (!(await stat(path)).isDirectory())
      return [
        { name: path, folder: dirname(resolve(path)), content: await readFile(path, 'utf8') },
      ];
    const files = (await readdir(path)).filter((file) => /\.ya?ml$/i.test(file)).sort();
    return await Promise.all(
      files.map(async (file) => ({
        name: join(path, file),
        folder: resolve(path),
        content: await readFile(join(path, file), 'utf8'),
      })),
    );
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    throw new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `${path} cannot be read: ${error.code === 'ENOENT' ? 'it does not exist' : error.message}.`,
      hints: ['Name a file, a folder with YAML files, or - for standard input.'],
    });
  }
}

/** @throws RequestError `PMX_INVALID_MANIFEST`, `PMX_UNSET_VARIABLE` with line and column */
export function parseManifests(
  name: string,
  content: string,
  variables: Variables = {},
  folder = '.',
): Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(content, { lineCounter: lines, prettyErrors: false });
  if ('empty' in documents) return [];
  return documents.flatMap((document) => {
    const place = (offset: number): string => {
      const { line, col } = lines.linePos(offset);
      return `${name}:${line}:${col}`;
    };
    const at = (node: unknown): string =>
      place((node as { range?: [number] } | null)?.range?.[0] ?? document.range[0]);
    const [error] = document.errors;
    if (error) {
      throw new RequestError({
        code: 'PMX_INVALID_MANIFEST',
        message: `${place(error.pos[0])}: this is no YAML: ${error.message.split('\n')[0]}.`,
        hints: ['Look at the indentation and quotes there; nothing was changed.'],
      });
    }
    if (
      document.contents === null ||
      (isScalar(document.contents) && document.contents.value === null)
    )
      return [];
    return documentsOf(document.contents, { at, variables, folder });
  });
}

export interface Reading {
  at(node: unknown): string;
  variables: Variables;
  folder: string;
}

/** One document, or one for each row of its `each`. */
function documentsOf(contents: unknown, reading: Reading): Manifest[] {
  const bare = sourceFor(reading, reading.variables);
  if (!isMap(contents)) throw refuse(bare, contents, 'a document must be a mapping');
  for (const { key } of contents.items) {
    const word = isScalar(key) ? String(key.value) : '';
    if (topLevel.includes(word)) continue;
    const [offer] = closest(word, topLevel);
    throw refuse(
      bare,
      key,
      `a document has no field '${word}'`,
      offer === undefined ? `There are: ${topLevel.join(', ')}.` : `Did you mean '${offer}'?`,
    );
  }
  const own = variablesOf(contents.get('vars', true), bare, 'vars');
  const rows = contents.get('each', true);
  if (rows === undefined)
    return [manifestOf(contents, { ...reading, variables: { ...own, ...reading.variables } })];
  if (!isSeq(rows)) throw refuse(bare, rows, 'each: it must be a list of mappings');
  return rows.items.map((row) =>
    manifestOf(contents, {
      ...reading,
      variables: { ...own, ...reading.variables, ...variablesOf(row, bare, 'each') },
    }),
  );
}

function variablesOf(node: unknown, source: Source, path: string): Variables {
  if (node === undefined) return {};
  if (!isMap(node)) throw refuse(source, node, `${path}: it must be a mapping of names to values`);
  return Object.fromEntries(
    node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      const plain = isScalar(value) && value.value !== null;
      if (!/^[A-Za-z_]\w*$/.test(name) || !plain)
        throw refuse(source, key, `${path}.${name}: it must be a name with a plain value`);
      return [name, String(value.value)];
    }),
  );
}

/** Values of `${NAME}` are filled in. @throws RequestError `PMX_UNSET_VARIABLE` */
export function sourceFor({ at }: Pick<Reading, 'at'>, variables: Variables): Source {
  return {
    at,
    text: (value, node) =>
      value.replaceAll(reference, (_, name: string | undefined) => {
        if (name === undefined) return '${';
        if (Object.hasOwn(variables, name)) return variables[name]!;
        throw new RequestError({
          code: 'PMX_UNSET_VARIABLE',
          message: `${at(node)}: the variable ${name} is not set.`,
          hints: [
            `Give it: --var ${name}=VALUE, or under vars: in the document.`,
            'The environment is not looked at. A plain ${ is written $${.',
          ],
        });
      }),
  };
}

function manifestOf(contents: YAMLMap, reading: Reading): Manifest {
  const source = sourceFor(reading, reading.variables);
  const version = contents.get('apiVersion', true);
  const wanted = isScalar(version) ? String(version.value) : undefined;
  if (wanted !== apiVersion) {
    throw refuse(
      source,
      version ?? contents,
      wanted === undefined
        ? 'apiVersion is missing'
        : `apiVersion '${wanted}' is none that this pmx knows`,
      `Write: apiVersion: ${apiVersion}`,
    );
  }
  const named = contents.get('kind', true);
  const kind = isScalar(named) ? String(named.value) : '';
  if (!Object.hasOwn(kinds, kind)) {
    const [offer] = closest(kind, Object.keys(kinds));
    throw refuse(
      source,
      named ?? contents,
      kind === '' ? 'kind is missing' : `kind '${kind}' is unknown`,
      offer === undefined
        ? `There are: ${Object.keys(kinds).join(', ')}.`
        : `Did you mean '${offer}'?`,
    );
  }
  const table = kinds[kind as Kind];
  const meta = contents.get('metadata', true);
  const metadata = checkMapping(meta ?? null, table.metadata, 'metadata', source);
  if (metadata['name'] === undefined)
    throw refuse(source, meta ?? contents, 'metadata.name is missing');
  return {
    kind: kind as Kind,
    metadata: metadata as unknown as Metadata,
    spec: checkMapping(contents.get('spec', true) ?? null, table.spec, 'spec', source),
    where: reading.at(contents),
    folder: reading.folder,
  };
}

function refuseTwins(manifests: readonly Manifest[]): void {
  const seen = new Map<string, string>();
  for (const { kind, metadata, where } of manifests) {
    const keys = [
      `${kind} ${metadata.name.toLowerCase()}`,
      ...(metadata.vmid === undefined ? [] : [`VMID ${metadata.vmid}`]),
    ];
    for (const key of keys) {
      const first = seen.get(key);
      if (first !== undefined) {
        throw new RequestError({
          code: 'PMX_NAME_TWICE',
          message: `${where}: ${key} is described already at ${first}.`,
          hints: ['Describe everything once; nothing was changed.'],
        });
      }
      seen.set(key, where);
    }
  }
}

/** `NAME=VALUE` words. @throws RequestError `PMX_INVALID_VARIABLE` */
export function parseVariables(words: readonly string[]): Variables {
  return Object.fromEntries(
    words.map((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new RequestError({
        code: 'PMX_INVALID_VARIABLE',
        message: `'${word}' is not NAME=VALUE.`,
        hints: ['For example: --var domain=example.org'],
      });
    }),
  );
}
