import type { Plan } from '@pmx-cli/kit';

import { apiArgs } from '../../lib/commands/api-args.js';
import { ApiChangeCommand } from '../../lib/commands/api-change-command.js';

export default class ApiDelete extends ApiChangeCommand {
  static override summary = 'Delete something by any path of the API. Asks, unless --yes is given.';
  static override examples = ['<%= config.bin %> api delete /pools poolid=web'];
  static override strict = false;
  static override args = apiArgs;

  protected override plan(): Promise<Plan> {
    return this.planCall('DELETE');
  }
}
