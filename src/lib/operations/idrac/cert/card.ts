import type { ControllerReader } from '@pmx-cli/kit';

import { compareVersions } from '../../../bmc/index.js';
import { type Action, actionOf, dellService, lacks, managerOf, type Resource } from '../redfish.js';

/** From here on the web server takes a new certificate without a restart of the controller. */
const withoutRestart = '6.00.02';
/** Up to here references are plain strings. */
const lastWithStrings = '5.00.00.00';

/** The service of an iDRAC that keeps its certificates. */
export interface Card {
  manager: Resource;
  firmware: string;
  needsRestart: boolean;
  stringReferences: boolean;
  /** @throws ProxmoxError `PMX_BMC_CANNOT` */
  action(name: string): Action;
  has(name: string): Action | undefined;
  /** Restart of the controller itself. */
  restart: Action | undefined;
}

export async function cardOf(reader: ControllerReader): Promise<Card> {
  const manager = await managerOf(reader);
  const service = await dellService(reader, manager, 'DelliDRACCardService');
  const firmware = String(manager.body['FirmwareVersion'] ?? reader.identity.firmware ?? '');
  // Firmware of iDRAC10 counts from 1 again.
  const nine =
    !String(manager.body['Model'] ?? '').startsWith('17G') && reader.identity.generation !== 10;
  const has = (name: string): Action | undefined =>
    service && actionOf(service.body, `#DelliDRACCardService.${name}`);
  return {
    manager,
    firmware,
    needsRestart: nine && compareVersions(firmware, withoutRestart) < 0,
    stringReferences: nine && compareVersions(firmware, lastWithStrings) <= 0,
    restart: actionOf(manager.body, '#Manager.Reset'),
    has,
    action: (name) => {
      const found = has(name);
      if (found) return found;
      throw lacks(reader, `${name} (firmware ${firmware})`);
    },
  };
}
