import { type PveConfigureArgs, text, type TextValue, type Value } from '@pmx-cli/kit';

interface ConfigCall {
  method: 'POST' | 'PUT';
  path: TextValue;
  params: { readonly [name: string]: Value | undefined };
}

/** A change of options as the call that it is on the wire; its digest is read when it is sent. */
export function configCall({ path, set, remove = [], inTask }: PveConfigureArgs): ConfigCall {
  return {
    method: inTask ? 'POST' : 'PUT',
    path: text`${path}/config`,
    params: { ...set, ...(remove.length > 0 && { delete: remove.join(',') }) },
  };
}

/** The call that takes it back. */
export function restoreCall({ path, before }: PveConfigureArgs): ConfigCall {
  const options = Object.entries(before);
  const remove = options.filter(([, value]) => value === null).map(([option]) => option);
  const set = Object.fromEntries(options.filter(([, value]) => value !== null));
  return configCall({ path, set, remove, before: {} });
}
