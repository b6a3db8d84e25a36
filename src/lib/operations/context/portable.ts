import { RequestError } from '@pmx-cli/kit/errors';
import {
  type ContextRecord,
  type Contexts,
  type Plan,
  type Prompter,
  secretRef,
} from '@pmx-cli/kit';

import { openText, sealText } from '../../auth/secrets/age.js';
import { noPassphrase } from '../../auth/secrets/errors.js';
import { isMapping, type Mapping } from '../../config/files/canonical.js';
import { formatOf, parseFile, readRaw } from '../../config/files/read-file.js';
import { isSecretHeader } from '../../config/write/backups.js';
import { parseContext } from '../../config/schema/context-fields.js';
import { savedRecord } from './saved-record.js';

export interface ExportRequest {
  names: readonly string[];
  format: 'yaml' | 'json';
  withSecrets: boolean;
  prompt: Prompter;
}

export interface Exported {
  text: string;
  contexts: string[];
  encrypted: boolean;
}

const ageHeader = '-----BEGIN AGE ENCRYPTED FILE-----';

/** Contexts as a file; secrets only inside an age-encrypted one. @throws RequestError `PMX_CONTEXT_NOT_FOUND`, `PMX_NO_PASSPHRASE` */
export async function exportContexts(
  contexts: Contexts,
  { names, format, withSecrets, prompt }: ExportRequest,
): Promise<Exported> {
  const all = await contexts.list();
  const wanted = names.length > 0 ? names : Object.keys(all);
  const records: Record<string, ContextRecord> = {};
  const secrets: Record<string, string> = {};
  for (const name of wanted) {
    if (!Object.hasOwn(all, name)) await contexts.get(name);
    records[name] = withoutSecretHeaders(all[name]!);
    const secret = withSecrets ? await contexts.secret(name) : undefined;
    if (secret !== undefined) secrets[name] = secret;
  }
  const document = { contexts: records, ...(withSecrets && { secrets }) };
  const text =
    format === 'json'
      ? `${JSON.stringify(document, undefined, 2)}\n`
      : (await import('yaml')).stringify(document);
  if (!withSecrets) return { text, contexts: [...wanted], encrypted: false };
  const sealed = await sealText(text, await passphrase(prompt, 'Passphrase for the export'));
  return { text: `${sealed.trimEnd()}\n`, contexts: [...wanted], encrypted: true };
}

export interface ImportContextsRequest {
  file: string;
  /** Only these; all when empty. */
  names: readonly string[];
  replace: boolean;
  prompt: Prompter;
}

/** @throws RequestError `PMX_FILE_NOT_FOUND`, `PMX_CONTEXT_EXISTS`, `PMX_WRONG_PASSPHRASE`, `PMX_INVALID_SETTING` */
export async function planContextImport(
  contexts: Contexts,
  { file, names, replace, prompt }: ImportContextsRequest,
): Promise<Plan> {
  const data = await readExport(file, prompt);
  const found = (isMapping(data['contexts']) ? data['contexts'] : {}) as Mapping;
  const secrets = (isMapping(data['secrets']) ? data['secrets'] : {}) as Record<string, string>;
  const wanted = names.length > 0 ? names : Object.keys(found);
  if (wanted.length === 0) throw notFound(file, 'a context');
  const existing = await contexts.list();
  const notes: string[] = [];
  const steps: Plan['steps'][number][] = [];
  const values: Record<string, string> = {};
  for (const name of wanted) {
    if (!Object.hasOwn(found, name)) throw notFound(file, `the context '${name}'`);
    const { secretCommand, ...record } = parseContext(name, found[name], file);
    if (secretCommand)
      notes.push(`secretCommand of '${name}' is left out: it would run a program.`);
    const replaces = Object.hasOwn(existing, name);
    if (replaces && !replace) {
      throw new RequestError({
        code: 'PMX_CONTEXT_EXISTS',
        message: `There is a context '${name}' already (${existing[name]!.endpoint}).`,
        hints: ['Add --replace to replace it.'],
      });
    }
    const secret = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (secret !== undefined) values[name] = secret;
    steps.push({
      id: `save:${name}`,
      title: `Write context ${name} (${record.endpoint})`,
      kind: 'context.save',
      args: {
        name,
        context: savedRecord(record, values),
        ...(secret !== undefined && { secret: secretRef(name) }),
      },
      ...(!replaces && {
        undo: [{ title: `Remove context ${name}`, kind: 'context.remove', args: { name } }],
      }),
    });
  }
  return {
    operation: 'context.import',
    target: `contexts of ${file}`,
    title: `Take over ${wanted.length === 1 ? `context ${wanted[0]}` : `${wanted.length} contexts`} from ${file}`,
    local: true,
    notes,
    steps,
    secrets: values,
    result: {
      contexts: [...wanted],
      secrets: wanted.filter((name) => Object.hasOwn(values, name)),
    },
  };
}

async function readExport(file: string, prompt: Prompter): Promise<Mapping> {
  const raw = readRaw(file);
  if (!raw) throw notFound(file, 'anything', 'PMX_FILE_NOT_FOUND');
  if (!raw.text.startsWith(ageHeader)) return parseFile(raw);
  const text = await openText(file, raw.text, await passphrase(prompt, `Passphrase of ${file}`));
  const path = `${file}${text.trimStart().startsWith('{') ? '.json' : '.yaml'}`;
  return parseFile({ ...raw, text, path: formatOf(file) === 'json' ? file : path });
}

async function passphrase(prompt: Prompter, question: string): Promise<string> {
  const given =
    process.env['PMX_PASSPHRASE'] || (prompt.possible ? await prompt.secret(question) : '');
  if (given === '') throw noPassphrase();
  return given;
}

function withoutSecretHeaders(record: ContextRecord): ContextRecord {
  if (!record.headers) return record;
  // A file may also have them as one text, of which nobody knows what is in it.
  if (typeof record.headers === 'string') {
    const { headers: _, ...rest } = record;
    return rest;
  }
  const headers = Object.fromEntries(
    Object.entries(record.headers).filter(
      ([name, value]) => !isSecretHeader(name) || value.includes('${'),
    ),
  );
  return { ...record, headers };
}

function notFound(file: string, what: string, code = 'PMX_NOTHING_TO_IMPORT'): RequestError {
  return new RequestError({
    code,
    message: `${file} does not hold ${what}.`,
    hints: ['Make one: pmx context export NAME > FILE'],
  });
}
