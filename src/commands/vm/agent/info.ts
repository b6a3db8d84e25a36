import { args } from '@pmx-cli/kit';

import { AgentShowCommand } from '../../../lib/commands/agent-read-command.js';

interface AgentInfo {
  version: string;
  commands: Array<{ name: string; enabled: boolean }>;
}

export default class VmAgentInfo extends AgentShowCommand<AgentInfo> {
  static override summary = 'Show the version of a guest agent and the commands it knows.';
  static override examples = ['<%= config.bin %> vm agent info web-01'];
  static override args = { vm: args.one('VM') };

  protected override async show(): Promise<AgentInfo> {
    type Answer = {
      version: string;
      supported_commands: Array<{ name: string; enabled: boolean | number }>;
    };
    const { answer } = await this.ask<Answer>('info');
    const commands = answer.supported_commands
      .map(({ name, enabled }) => ({ name, enabled: Boolean(Number(enabled)) }))
      .sort((a, b) => a.name.localeCompare(b.name));
    return { version: answer.version, commands };
  }

  protected override view({ version, commands }: AgentInfo): void {
    const names = (wanted: boolean): string =>
      commands
        .filter(({ enabled }) => enabled === wanted)
        .map(({ name }) => name)
        .join('\n');
    this.output.fields([
      ['Version', version],
      ['Commands', names(true)],
      ['Switched off', names(false)],
    ]);
  }
}
