import { GuestChangeCommand } from '@pmx-cli/kit';

import { targetsOf, vm } from '../operations/guest/kind.js';

/** What the guest agents of VMs are told to do. */
export abstract class AgentChangeCommand<Result> extends GuestChangeCommand<Result> {
  protected readonly targets = targetsOf(vm);
}
