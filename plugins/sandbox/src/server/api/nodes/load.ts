import type { App } from '../../app.js';
import { MACHINE } from '../../host/machine.js';

/** The memory that a node and its guests use. */
export function usedMemory(app: App, node: string): number {
  return app.vms
    .onNode(node)
    .reduce((sum, vm) => sum + app.engine.figures(vm).memhost, MACHINE.baseMemory);
}

/** How busy a node's processors are, from 0 to 1. */
export function load(app: App, node: string): number {
  return Math.min(0.95, 0.02 + app.vms.onNode(node).filter((vm) => vm.guest).length * 0.01);
}
