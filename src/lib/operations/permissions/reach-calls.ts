import type { Effect, Json, Value } from '@pmx-cli/kit';

import { agentPath } from '../reach/agent.js';
import type { ApiCall } from './calls.js';

/** The calls of steps that reach into guests. */
export function reachCalls(
  effect: Effect,
  shown: (value: Value) => Json,
): Array<Pick<ApiCall, 'method' | 'path' | 'params'>> {
  switch (effect.kind) {
    case 'guest.agent': {
      const { command, params } = effect.args;
      return [
        {
          method: 'POST',
          path: `${agentPath(effect.args)}/${command}`,
          params: shown(params ?? {}) as Record<string, Json>,
        },
      ];
    }
    case 'time.keep':
    case 'time.measure':
      return [{ method: 'GET', path: `${agentPath(effect.args)}/get-time`, params: {} }];
    case 'time.save':
      if (effect.args.rtc) return [];
      return clockCalls(agentPath(effect.args));
    case 'time.services':
    case 'time.set':
      return clockCalls(agentPath(effect.args));
    case 'guest.run': {
      const { node, vmid } = effect.args;
      return execCalls(agentPath({ node, vmid: shown(vmid) as number }));
    }
    case 'guest.exec':
    case 'guest.discard-file':
      return execCalls(agentPath(effect.args));
    case 'guest.write-file': {
      const { node, vmid } = effect.args;
      const agent = agentPath({ node, vmid: shown(vmid) as number });
      const params = { file: effect.args.destination, content: '' };
      return [
        { method: 'POST', path: `${agent}/file-write`, params },
        ...(effect.args.direct ? [] : execCalls(agent)),
      ];
    }
    case 'guest.read-file': {
      const params = { file: effect.args.source };
      return [{ method: 'GET', path: `${agentPath(effect.args)}/file-read`, params }];
    }
    case 'guest.console': {
      const { type, node, vmid, serial } = effect.args;
      const path = `/nodes/${node}/${type}/${vmid}`;
      return [
        {
          method: 'POST',
          path: `${path}/termproxy`,
          params: serial === undefined ? {} : { serial },
        },
        {
          method: 'GET',
          path: `${path}/vncwebsocket`,
          params: { port: 5900, vncticket: 'TICKET' },
        },
      ];
    }
    case 'guest.vnc': {
      const path = `/nodes/${effect.args.node}/qemu/${effect.args.vmid}`;
      const params = { port: 5900, vncticket: 'TICKET' };
      return [
        {
          method: 'POST',
          path: `${path}/vncproxy`,
          params: { websocket: true, 'generate-password': true },
        },
        { method: 'GET', path: `${path}/vncwebsocket`, params },
      ];
    }
    case 'guest.spice': {
      const path = `/nodes/${effect.args.node}/qemu/${effect.args.vmid}/spiceproxy`;
      return [{ method: 'POST', path, params: {} }];
    }
    default:
      return [];
  }
}

function clockCalls(agent: string): Array<Pick<ApiCall, 'method' | 'path' | 'params'>> {
  return [...execCalls(agent), { method: 'GET', path: `${agent}/get-time`, params: {} }];
}

function execCalls(agent: string): Array<Pick<ApiCall, 'method' | 'path' | 'params'>> {
  return [
    { method: 'POST', path: `${agent}/exec`, params: { command: ['PROGRAM'] } },
    { method: 'GET', path: `${agent}/exec-status`, params: { pid: 1 } },
  ];
}
