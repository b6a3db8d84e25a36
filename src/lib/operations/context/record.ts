import type { ContextRecord } from '@pmx-cli/kit';

import { parseContext } from '../../config/schema/context-fields.js';
import { refuseSecretHeader } from '../config/change.js';

/** A context as a command line has it: lists as texts, headers as `NAME=VALUE`. */
export type TypedRecord = {
  [Field in Exclude<keyof ContextRecord, 'headers'>]?: ContextRecord[Field] | string;
} & { endpoint: string; headers?: string[] };

/** @throws RequestError `PMX_INVALID_SETTING`, `PMX_SECRET_IN_FLAG` */
export function checkRecord(name: string, { headers, ...record }: TypedRecord): ContextRecord {
  const pairs = (headers ?? []).map((text) => {
    const at = text.indexOf('=');
    return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)] as const;
  });
  for (const [header, value] of pairs)
    refuseSecretHeader(`contexts.${name}.headers`, header, value);
  return parseContext(
    name,
    { ...record, ...(pairs.length > 0 && { headers: Object.fromEntries(pairs) }) },
    'command line',
  );
}
