import { type ContextRecord, secretRef, type StepArgs } from '@pmx-cli/kit';

import { isSecretHeader } from '../../config/write/backups.js';

/**
 * A context as a step is to write it. What a header holds for a gateway, and is not in a variable,
 * goes among the plan's secrets: plans are printed and journaled.
 */
export function savedRecord(
  { headers, ...record }: ContextRecord,
  secrets: Record<string, string>,
): StepArgs['context.save']['context'] {
  if (!headers) return record;
  // A file may also have them as one text.
  if (typeof headers === 'string') {
    secrets['headers'] = headers;
    return { ...record, headers: secretRef('headers') };
  }
  const entries = Object.entries(headers).map(([name, value]) => {
    if (!isSecretHeader(name) || String(value).includes('${')) return [name, value] as const;
    const key = `header ${name} ${Object.keys(secrets).length}`;
    secrets[key] = String(value);
    return [name, secretRef(key)] as const;
  });
  return { ...record, headers: Object.fromEntries(entries) };
}
