import type { App } from '../../app.js';
import { MACHINE } from '../../host/machine.js';
import type { NodeSettings } from '../../state/model.js';

/** What was set on a node by hand. */
export function nodeSettings(app: App, node: string): NodeSettings {
  return ((app.store.state.nodeSettings ??= {})[node] ??= {});
}

/** The node's own address. */
export function nodeAddress(app: App, node: string): string {
  return `${MACHINE.network}.${app.store.state.nodes.indexOf(node) + 1}`;
}

/** Seconds since the node was booted, by itself a quarter of an hour before the sandbox was made. */
export function uptime(app: App, node: string): number {
  const { power } = nodeSettings(app, node);
  const bootedAt = power?.bootedAt ?? app.store.state.createdAt - 900;
  return Math.floor(Date.now() / 1000) - bootedAt;
}
