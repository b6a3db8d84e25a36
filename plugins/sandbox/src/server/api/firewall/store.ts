import type { App } from '../../app.js';
import type { FirewallConfig, Record_, State } from '../../state/model.js';
import { checkSectionDigest, sectionDigest } from '../sections.js';
import type { Call } from '../types.js';

/** Whose firewall: `cluster`, `node/NAME` or `guest/VMID`. */
export type ScopeOf = (call: Call) => string;

const NOTHING: FirewallConfig = { options: {}, rules: [], aliases: {}, ipset: {}, groups: {} };

/** A firewall's configuration as it stands; one that nobody has made is empty. */
export function firewallOf(state: State, scope: string): FirewallConfig {
  return state.firewall?.[scope] ?? NOTHING;
}

function isEmpty(config: FirewallConfig): boolean {
  return Object.values(config).every((part) => Object.keys(part).length === 0);
}

export function firewallDigest(config: FirewallConfig): string {
  return sectionDigest(isEmpty(config) ? {} : config);
}

/** Changes a firewall, if it is still what the caller has seen. */
export function changeFirewall(
  call: Call,
  scope: string,
  change: (config: FirewallConfig) => void,
): null {
  const { state } = call.app.store;
  const config = structuredClone(firewallOf(state, scope));
  checkSectionDigest(call, isEmpty(config) ? {} : config);
  change(config);
  const all = (state.firewall ??= {});
  if (isEmpty(config)) delete all[scope];
  else all[scope] = config;
  call.app.store.touch();
  return null;
}

/** A clone gets the firewall of its source. */
export function copyGuestFirewall(app: App, from: number, to: number): void {
  const config = app.store.state.firewall?.[`guest/${from}`];
  if (config) app.store.state.firewall![`guest/${to}`] = structuredClone(config);
  app.store.touch();
}

/** Without what is undefined. */
export function record(fields: Record<string, string | number | undefined>): Record_ {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    ),
  );
}
