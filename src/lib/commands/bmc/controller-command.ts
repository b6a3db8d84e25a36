import { ChangeCommand, type ControllerReader, type Plan } from '@pmx-cli/kit';

import type { Task } from '../../operations/idrac/racadm.js';
import {
  type LoginFlags,
  namedHostArgs,
  loginFlags,
  sayWords,
  serialFlags,
} from './controller-flags.js';
import { type HostFlags, hostFlags, namedHosts } from './host-flags.js';

/** Base of changes to any number of controllers: all are logged in to before the first one is changed. */
export abstract class ControllersChangeCommand<Result> extends ChangeCommand<Result> {
  static override strict = false;
  static override args = namedHostArgs;

  /** What racadm is told where there is no Redfish. */
  protected abstract get task(): Task;
  /** Only iDRAC9 and newer do it over Redfish. */
  protected abstract readonly nine: boolean;
  protected abstract planFor(controller: ControllerReader): Promise<Plan>;

  protected override async plan(): Promise<Plan[]> {
    const { session } = this;
    const flags = this.parsedFlags as unknown as HostFlags & LoginFlags;
    sayWords(session, flags);
    const { targets } = await namedHosts(this.positionals, { ...flags, networks: false }, session);
    const { openAll } = await import('../../operations/idrac/open-all.js');
    const { wantsNine, wantsRedfish } = await import('../../operations/idrac/racadm.js');
    const suits = (this.nine ? wantsNine : wantsRedfish)(this.task);
    const controllers = await openAll(session.controllers, targets, suits);
    const plans: Plan[] = [];
    for (const controller of controllers) plans.push(await this.planFor(controller));
    return plans;
  }
}

const { file, port } = hostFlags;

export const controllersFlags = { file, port, ...loginFlags, ...serialFlags };
