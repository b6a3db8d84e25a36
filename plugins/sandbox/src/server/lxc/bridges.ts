import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { bridgePaths } from '../qemu/net.js';
import type { VmConfig } from '../state/model.js';
import { parseNet } from './net.js';

/** Use of a bridge is an SDN right, also where no SDN is set up. */
export function checkBridges(app: App, who: Identity, config: VmConfig): void {
  for (const [key, value] of Object.entries(config))
    if (/^net\d+$/.test(key))
      for (const path of bridgePaths(parseNet(String(value))))
        app.acl.check(who, path, ['SDN.Use']);
}
