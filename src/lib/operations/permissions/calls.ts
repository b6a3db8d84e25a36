import { allSteps, type Effect, type Json, type Plan, type Read } from '@pmx-cli/kit';

import { preview } from '../describe/index.js';
import { callOfEffect } from '../describe/effect-call.js';
import { reachCalls } from './reach-calls.js';

export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  params: Readonly<Record<string, unknown>>;
  /** What a person reads: the step's title, or that it is read while planning. */
  step: string;
  /** `undo` is only needed when something goes wrong. */
  phase: 'read' | 'step' | 'undo';
}

/** Every call that the steps of a plan may make, in order; those of the undo last. */
export function callsOf(plan: Plan): ApiCall[] {
  const steps = allSteps(plan.steps);
  return [
    ...steps.flatMap((step) => effectCalls(step, plan, step.title, 'step')),
    ...steps.flatMap((step) =>
      (step.undo ?? []).flatMap((effect) => effectCalls(effect, plan, effect.title, 'undo')),
    ),
  ];
}

export function readCalls(reads: readonly Read[]): ApiCall[] {
  const seen = new Map(
    reads.map(({ path, params = {} }) => [
      `${path} ${JSON.stringify(params)}`,
      { method: 'GET', path, params, step: `read while planning`, phase: 'read' } as const,
    ]),
  );
  return [...seen.values()];
}

function effectCalls(effect: Effect, plan: Plan, step: string, phase: 'step' | 'undo'): ApiCall[] {
  const call = (
    method: ApiCall['method'],
    path: string,
    params: Readonly<Record<string, unknown>> = {},
  ): ApiCall => ({ method, path, params, step, phase });
  switch (effect.kind) {
    case 'pve.upload': {
      const { node, storage, content } = effect.args;
      return [call('POST', `/nodes/${node}/storage/${storage}/upload`, { content })];
    }
    case 'pve.wait': {
      const { node, vmid, until, type } = effect.args;
      if (type === 'lxc')
        return [call('GET', `/nodes/${node}/lxc/${String(preview(vmid, plan))}/interfaces`)];
      const agent = `/nodes/${node}/qemu/${String(preview(vmid, plan))}/agent`;
      return [call('GET', `${agent}/${until === 'agent' ? 'info' : 'network-get-interfaces'}`)];
    }
    case 'pve.discard-guest': {
      const { node, vmid, type = 'qemu' } = effect.args;
      const guest = `/nodes/${node}/${type}/${String(preview(vmid, plan))}`;
      // Its marker is read before it goes.
      return [call('GET', `${guest}/config`), call('DELETE', guest)];
    }
    case 'pve.discard-volume': {
      const { node, storage, volid } = effect.args;
      const content = `/nodes/${node}/storage/${storage}/content`;
      return [
        call('GET', content),
        call('DELETE', `${content}/${encodeURIComponent(String(preview(volid, plan)))}`),
      ];
    }
    case 'pve.discard-backup': {
      const { node, storage } = effect.args;
      const content = `/nodes/${node}/storage/${storage}/content`;
      return [call('GET', content), call('DELETE', `${content}/<archive>`)];
    }
    case 'pve.discard-snapshot': {
      const { guest, name } = effect.args;
      return [call('GET', `${guest}/snapshot`), call('DELETE', `${guest}/snapshot/${name}`)];
    }
    default: {
      const made = effect.kind === 'pve.call' ? effect.args : callOfEffect(effect);
      if (!made)
        return reachCalls(effect, (value) => preview(value, plan)).map((made) => ({
          ...made,
          step,
          phase,
        }));
      const params = preview(made.params ?? {}, plan) as Record<string, Json>;
      return [call(made.method, String(preview(made.path, plan)), params)];
    }
  }
}
