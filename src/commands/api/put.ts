import type { Plan } from '@pmx-cli/kit';

import { apiArgs } from '../../lib/commands/api-args.js';
import { ApiChangeCommand } from '../../lib/commands/api-change-command.js';

export default class ApiPut extends ApiChangeCommand {
  static override summary = 'Change something by any path of the API.';
  static override examples = [
    '<%= config.bin %> api put /nodes/pve1/qemu/101/config onboot=1 memory=2048',
  ];
  static override strict = false;
  static override args = apiArgs;

  protected override plan(): Promise<Plan> {
    return this.planCall('PUT');
  }
}
