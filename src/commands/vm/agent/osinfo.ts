import { args } from '@pmx-cli/kit';

import { AgentShowCommand } from '../../../lib/commands/agent-read-command.js';

export default class VmAgentOsinfo extends AgentShowCommand<Record<string, string>> {
  static override summary = 'Show which operating system a guest runs.';
  static override examples = ['<%= config.bin %> vm agent osinfo web-01'];
  static override args = { vm: args.one('VM') };

  protected override async show(): Promise<Record<string, string>> {
    return (await this.ask<Record<string, string>>('get-osinfo')).answer;
  }

  protected override view(info: Record<string, string>): void {
    this.output.fields(Object.entries(info));
  }
}
