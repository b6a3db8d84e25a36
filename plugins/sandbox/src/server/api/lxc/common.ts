import type { Vm } from '../../state/model.js';
import { onVm } from '../common.js';
import type { Call, ParamTable, Permissions, Route } from '../types.js';

export const PATH = '/nodes/{node}/lxc/{vmid}';

export const needs = (...privileges: string[]): Permissions => ({
  check: ['perm', '/vms/{vmid}', privileges, ...(privileges.length > 1 ? ['any', 1] : [])],
});

/** The container of a call. */
export function containerOf({ app, params }: Call): Vm {
  return app.vms.get(params.number('vmid'), params.string('node'), 'lxc');
}

/** A read route on a container that needs VM.Audit. */
export function containerGet(
  path: string,
  name: string,
  description: string,
  returns: Route['returns'],
  handler: Route['handler'],
  more: Partial<Route> = {},
): Route {
  return {
    method: 'GET',
    path: `${PATH}${path}`,
    name,
    description,
    params: onVm,
    permissions: needs('VM.Audit'),
    returns,
    handler,
    ...more,
  };
}

/** A route that changes something and that pvedaemon carries out. */
export function containerChange(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  name: string,
  description: string,
  params: ParamTable,
  permissions: Permissions,
  handler: Route['handler'],
  returns: Route['returns'] = 'string',
): Route {
  return {
    method,
    path: `${PATH}${path}`,
    name,
    description,
    params: { ...onVm, ...params },
    permissions,
    protected: true,
    returns,
    handler,
  };
}
