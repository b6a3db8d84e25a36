import { AGENT_QUERIES, requireAgent } from '../../qemu/agent.js';
import { onVm } from '../common.js';
import type { Permissions, Route } from '../types.js';
import { vmOf } from './common.js';

const AUDIT: Permissions = {
  check: ['perm', '/vms/{vmid}', ['VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted'], 'any', 1],
};

function query(command: string, method: 'GET' | 'POST', answer: Route['handler']): Route {
  return {
    method,
    path: `/nodes/{node}/qemu/{vmid}/agent/${command}`,
    name: command,
    description: `Execute ${command}.`,
    params: onVm,
    permissions: AUDIT,
    protected: true,
    returns: 'object',
    handler: answer,
  };
}

export const agentRoutes: Route[] = [
  query('ping', 'POST', async (call) => {
    await requireAgent(call.app, vmOf(call));
    return { result: {} };
  }),
  ...Object.entries(AGENT_QUERIES).map(([command, answer]) =>
    query(command, 'GET', async (call) => {
      const vm = vmOf(call);
      await requireAgent(call.app, vm);
      return { result: answer(vm) };
    }),
  ),
];
