import type { Param, ParamTable } from './types.js';

/** Parameters that many routes share. */
export const node: Param = {
  type: 'string',
  format: 'pve-node',
  description: 'The cluster node name.',
};
export const vmid: Param = {
  type: 'integer',
  format: 'pve-vmid',
  minimum: 100,
  maximum: 999_999_999,
  description: 'The (unique) ID of the VM.',
};
export const storage: Param = {
  type: 'string',
  format: 'pve-storage-id',
  description: 'The storage identifier.',
};
export const onNode: ParamTable = { node };
export const onVm: ParamTable = { node, vmid };
export const onStorage: ParamTable = { node, storage };

/** The same parameter, but it may be left out. */
export function optional(param: Param): Param {
  return { ...param, optional: 1 };
}

export const flag = (description: string, byDefault?: 0 | 1): Param => ({
  type: 'boolean',
  optional: 1,
  description,
  ...(byDefault === undefined ? {} : { default: byDefault }),
});
export const text = (description: string, more: Partial<Param> = {}): Param => ({
  type: 'string',
  description,
  ...more,
});
export const optionalText = (description: string, more: Partial<Param> = {}): Param => ({
  type: 'string',
  optional: 1,
  description,
  ...more,
});
export const optionalInteger = (description: string, more: Partial<Param> = {}): Param => ({
  type: 'integer',
  optional: 1,
  description,
  ...more,
});
