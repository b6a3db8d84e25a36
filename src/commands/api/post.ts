import type { Plan } from '@pmx-cli/kit';

import { apiArgs } from '../../lib/commands/api-args.js';
import { ApiChangeCommand } from '../../lib/commands/api-change-command.js';

export default class ApiPost extends ApiChangeCommand {
  static override summary = 'Create something, or start an action, by any path of the API.';
  static override examples = [
    '<%= config.bin %> api post /pools poolid=web comment="Web servers"',
    '<%= config.bin %> api post /nodes/pve1/qemu/101/snapshot snapname=before',
  ];
  static override strict = false;
  static override args = apiArgs;

  protected override plan(): Promise<Plan> {
    return this.planCall('POST');
  }
}
