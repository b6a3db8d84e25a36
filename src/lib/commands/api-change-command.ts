import { ChangeCommand, flags, type Json, type Plan } from '@pmx-cli/kit';

interface ApiResult {
  data: Json;
  upid: string | null;
  exitstatus: string | null;
}

/** What `api post|put|delete` have in common: one call, its task awaited. */
export abstract class ApiChangeCommand extends ChangeCommand<ApiResult> {
  static override flags = { wait: flags.wait() };

  protected async planCall(method: 'POST' | 'PUT' | 'DELETE'): Promise<Plan> {
    const { parseApiRequest, planApiCall } = await import('../operations/api/request.js');
    const { wait } = this.flagsOf(ApiChangeCommand);
    return planApiCall(method, await parseApiRequest(this.positionals), wait);
  }

  protected override view({ data, upid, exitstatus }: ApiResult): void {
    if (exitstatus !== null) this.output.print(exitstatus);
    else if (upid !== null) this.output.print(upid);
    else if (data !== null) this.output.print(JSON.stringify(data, undefined, 2));
  }
}
