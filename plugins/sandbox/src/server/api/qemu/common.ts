import { splitList } from '../params.js';
import type { Params } from '../params.js';
import type { VmConfig } from '../../state/model.js';
import { findParam } from '../schema.js';
import { CONFIG_PARAMS } from '../../qemu/options.js';
import type { Call, Route } from '../types.js';
import type { Vm } from '../../state/model.js';
import { onVm } from '../common.js';

/** The VM of a call. */
export function vmOf(call: Call): Vm {
  return call.app.vms.get(call.params.number('vmid'), call.params.string('node'));
}

/** Those parameters of a call that are options of a VM. */
export function settingsOf(params: Params): VmConfig {
  return Object.fromEntries(
    params.entries().filter(([name]) => findParam(CONFIG_PARAMS, name) !== undefined),
  );
}

export function listOf(params: Params, name: string): string[] {
  return splitList(params.optionalString(name) ?? '');
}

/** A read route on a VM that needs VM.Audit. */
export function vmGet(
  path: string,
  name: string,
  description: string,
  returns: Route['returns'],
  handler: Route['handler'],
  more: Partial<Route> = {},
): Route {
  return {
    method: 'GET',
    path: `/nodes/{node}/qemu/{vmid}${path}`,
    name,
    description,
    params: onVm,
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Audit']] },
    returns,
    handler,
    ...more,
  };
}
