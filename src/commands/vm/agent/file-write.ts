import { args, ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { oneVm } from '../../../lib/commands/agent-read-command.js';
import type { FileWriteResult } from '../../../lib/operations/reach/agent-actions.js';

export default class VmAgentFileWrite extends ChangeCommand<FileWriteResult> {
  static override summary = 'Write stdin into a file of a guest, in one call.';
  static override description = `At most 45 KiB. The file is replaced in place: a program that reads it meanwhile may see half of it.
"pmx vm cp" has neither limit. What is written is in no journal.`;
  static override examples = [
    'echo hello | <%= config.bin %> vm agent file-write web-01 /etc/motd',
    '<%= config.bin %> vm agent file-write web-01 /root/.ssh/authorized_keys < keys',
  ];
  static override args = {
    vm: args.one('VM'),
    path: Args.string({
      description: 'Whole path in the guest.',
      required: true,
      ignoreStdin: true,
    }),
  };
  #live = false;

  override async run(): ReturnType<ChangeCommand<FileWriteResult>['run']> {
    this.#live = this.parsedFlags['dry-run'] !== true;
    return super.run();
  }

  protected override async plan(): Promise<Plan> {
    const { vm, path } = this.argsOf(VmAgentFileWrite);
    const guest = await oneVm(await this.inventory(), vm);
    const [{ planFileWrite }, { pipedInput }] = await Promise.all([
      import('../../../lib/operations/reach/agent-actions.js'),
      import('../../../lib/commands/piped-input.js'),
    ]);
    const content = this.#live
      ? await pipedInput(true, (text) => this.output.note(text))
      : undefined;
    return planFileWrite(guest, path, content ?? Buffer.alloc(0));
  }

  protected override view({ vmid, name, path, bytes }: FileWriteResult): void {
    this.output.print(`${path} in VM ${vmid} (${name}) has ${bytes} bytes.`);
  }
}
