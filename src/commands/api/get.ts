import { ShowCommand } from '@pmx-cli/kit';

import { apiArgs } from '../../lib/commands/api-args.js';

export default class ApiGet extends ShowCommand<unknown> {
  static override summary = 'Read any path of the API.';
  static override examples = [
    '<%= config.bin %> api get /version',
    '<%= config.bin %> api get /nodes/pve1/tasks limit=5 --json',
  ];
  static override strict = false;
  static override args = apiArgs;

  protected override async show(): Promise<unknown> {
    const { parseApiRequest } = await import('../../lib/operations/api/request.js');
    const { path, params } = await parseApiRequest(this.positionals);
    return (await this.pve()).get(path, params);
  }

  protected override view(data: unknown): void {
    this.output.print(typeof data === 'string' ? data : JSON.stringify(data, undefined, 2));
  }
}
