import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';

import { invalid, type Plan, secretRef, type Value } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

export interface ApiRequest {
  path: string;
  params: Record<string, string>;
  /** Parameters whose value came from a file or stdin, or that are secret by name. */
  hidden: ReadonlySet<string>;
}

const secretNames =
  /^(?:cipassword|certkey|keyring|otp|(?:.*-)?(?:password|passphrase|secret|ticket|token|key))$/i;

/**
 * `/path`, `path` or `/api2/json/path`, then key=value pairs.
 * @throws RequestError `PMX_INVALID_PATH`, `PMX_INVALID_PARAMETER`, `PMX_FILE_UNREADABLE`
 */
export async function parseApiRequest([
  first = '',
  ...pairs
]: readonly string[]): Promise<ApiRequest> {
  const path = `/${first.replace(/^\/*(?:api2\/json\/?)?/, '').replace(/\/+$/, '')}`;
  if (/[\s?#]/.test(path) || path.split('/').includes('..')) {
    throw invalid(
      'PMX_INVALID_PATH',
      'API path',
      first,
      'it must be a plain path; parameters follow as key=value',
      'For example: pmx api get /nodes/pve1/tasks limit=5',
    );
  }
  const params: Record<string, string> = {};
  const hidden = new Set<string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0) {
      throw invalid(
        'PMX_INVALID_PARAMETER',
        'Parameter',
        pair,
        'it must be key=value',
        'For example: onboot=1',
      );
    }
    const key = pair.slice(0, at);
    const value = pair.slice(at + 1);
    if (value.startsWith('@') || secretNames.test(key)) hidden.add(key);
    params[key] = value.startsWith('@') ? await readValue(value.slice(1)) : value;
  }
  return { path, params, hidden };
}

async function readValue(source: string): Promise<string> {
  if (source === '-') return (await readAll(process.stdin)).replace(/\r?\n$/, '');
  try {
    return await readFile(source, 'utf8');
  } catch (error) {
    throw new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `The file ${source} cannot be read: ${(error as Error).message}.`,
      hints: ['A value that begins with @ names a file.'],
    });
  }
}

/** One call as a plan. Values that may be secret travel as secrets, so no journal holds them. */
export function planApiCall(
  method: 'POST' | 'PUT' | 'DELETE',
  { path, params, hidden }: ApiRequest,
  wait: boolean,
): Plan {
  const shown: Record<string, Value> = {};
  const secrets: Record<string, string> = {};
  for (const [key, value] of Object.entries(params)) {
    if (hidden.has(key)) {
      shown[key] = secretRef(key);
      secrets[key] = value;
    } else shown[key] = value;
  }
  return {
    operation: `api.${method.toLowerCase()}`,
    target: path,
    title: `${method} ${path}`,
    steps: [
      {
        id: 'call',
        title: `${method} ${path}`,
        kind: 'pve.call',
        args: { method, path, params: shown, task: wait ? 'wait' : 'detach' },
        bind: { data: 'data', upid: 'upid', exitstatus: 'exitstatus' },
        destructive: method === 'DELETE',
      },
    ],
    secrets,
    result: { data: { $var: 'data' }, upid: { $var: 'upid' }, exitstatus: { $var: 'exitstatus' } },
  };
}
