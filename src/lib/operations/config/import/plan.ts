import {
  type ContextRecord,
  type Contexts,
  parseContextName,
  parseEndpoint,
  parseTokenId,
  type Plan,
  secretRef,
  type Step,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { settings } from '../../../config/schema/settings.js';
import { parseValue } from '../../../config/schema/spec.js';
import { type ConfigurationRequest, fileFor, openConfiguration } from '../open.js';
import { type OldConfiguration, readOld } from './read-old.js';
import type { OlderTool } from './tools.js';

export interface ImportRequest extends ConfigurationRequest {
  file: string;
  tool: OlderTool;
  /** Name of the context to make. */
  name: string;
  replace: boolean;
}

export interface ImportResult {
  context: string | null;
  settings: string[];
  /** Names that pmx has no use for. */
  left: string[];
  secretStored: boolean;
}

/** @throws RequestError `PMX_NOTHING_TO_IMPORT`, `PMX_CONTEXT_EXISTS`, `PMX_INVALID_…` */
export async function planConfigImport(contexts: Contexts, request: ImportRequest): Promise<Plan> {
  const { file, tool, name, replace } = request;
  const old = await readOld(file, tool);
  const record = recordOf(old);
  const { tokenSecret } = old.found;
  const edits = settingsOf(old, file, record === undefined);
  if (!record && edits.length === 0) {
    throw new RequestError({
      code: 'PMX_NOTHING_TO_IMPORT',
      message: `${file} holds nothing that pmx takes from ${tool}.`,
      hints: ['Is it the right file and the right --from?'],
    });
  }
  const steps: Step[] = [];
  if (record) {
    parseContextName(name);
    const existing = await contexts.list();
    if (Object.hasOwn(existing, name) && !replace) {
      throw new RequestError({
        code: 'PMX_CONTEXT_EXISTS',
        message: `There is a context '${name}' already (${existing[name]!.endpoint}).`,
        hints: ['Add --replace to replace it, or --name for another one.'],
      });
    }
    steps.push({
      id: 'context',
      title: `Write context ${name}${record.tokenId && tokenSecret ? ' and store its secret' : ''}`,
      kind: 'context.save',
      args: {
        name,
        context: { ...record },
        ...(record.tokenId && tokenSecret && { secret: secretRef('token') }),
        use: (await contexts.current()) === undefined,
      },
      ...(!Object.hasOwn(existing, name) && {
        undo: [{ title: `Remove context ${name}`, kind: 'context.remove', args: { name } }],
      }),
    });
  }
  const target = fileFor(openConfiguration(request), 'user');
  if (edits.length > 0) {
    steps.push({
      id: 'settings',
      title: `Write ${edits.map(({ path }) => path.join('.')).join(', ')} to ${target}`,
      kind: 'config.write',
      args: { file: target, edits },
    });
  }
  const result: ImportResult = {
    context: record ? name : null,
    settings: edits.map(({ path }) => path.join('.')),
    left: old.unknown,
    secretStored: Boolean(record?.tokenId && tokenSecret),
  };
  return {
    operation: 'config.import',
    target: `configuration ${target}`,
    title: `Take over ${file} of ${tool}`,
    local: true,
    notes: notesOn(old, record, file),
    steps,
    secrets: tokenSecret ? { token: tokenSecret } : {},
    result: { ...result },
  };
}

function recordOf({ found }: OldConfiguration): ContextRecord | undefined {
  if (found.host === undefined) return undefined;
  const host = found.host.replace(/\/api2(\/json)?\/?$/, '');
  const withPort = found.port && !/:\d+\/?$/.test(host) ? `${host}:${found.port}` : host;
  const user = userOf(found.user, found.realm);
  const tokenId =
    found.tokenId === undefined
      ? undefined
      : found.tokenId.includes('!') || user === undefined
        ? found.tokenId
        : `${user}!${found.tokenId}`;
  return {
    endpoint: parseEndpoint(withPort),
    ...(tokenId === undefined
      ? user !== undefined && { user }
      : { tokenId: parseTokenId(tokenId) }),
    ...(found.caFile !== undefined && { caFile: found.caFile }),
    ...(found.node !== undefined && { node: found.node }),
    ...(found.storage !== undefined && { storage: found.storage }),
    ...(found.bridge !== undefined && { bridge: found.bridge }),
  };
}

function userOf(user: string | undefined, realm: string | undefined): string | undefined {
  if (user === undefined || user.includes('@')) return user;
  return `${user}@${realm ?? 'pam'}`;
}

function settingsOf({ found }: OldConfiguration, file: string, general: boolean) {
  const wanted = {
    logLevel: found.logLevel?.toLowerCase().replace(/^warning$/, 'warn'),
    ...(general && {
      'defaults.node': found.node,
      'defaults.storage': found.storage,
      'defaults.bridge': found.bridge,
    }),
  };
  return Object.entries(wanted).flatMap(([key, text]) => {
    if (text === undefined) return [];
    const value = parseValue(key, settings[key as keyof typeof wanted], text, file) as string;
    return [{ path: key.split('.'), value }];
  });
}

function notesOn(
  { found, unknown, exposed }: OldConfiguration,
  record: ContextRecord | undefined,
  file: string,
): string[] {
  const notes: string[] = [];
  const secret = found.tokenSecret !== undefined || found.password !== undefined;
  if (secret && exposed) {
    notes.push(`Others could read the secret in ${file}: replace it on the server.`);
  }
  if (found.tokenSecret !== undefined) {
    notes.push(
      record?.tokenId
        ? `The token's secret goes to the secret store. Take it out of ${file} afterwards.`
        : "There is a token's secret without its id: it is not taken over.",
    );
  }
  if (found.password !== undefined) {
    notes.push('A password is not taken over: make a token, or set PMX_PASSWORD.');
  }
  if (/^(0|no|false|off)$/i.test(found.verify ?? '')) {
    notes.push('Switching TLS off is not taken over: pin the certificate with --fingerprint.');
  }
  if (unknown.length > 0) notes.push(`Not taken over: ${unknown.join(', ')}.`);
  return notes;
}
