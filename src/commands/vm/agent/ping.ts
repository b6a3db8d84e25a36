import { args } from '@pmx-cli/kit';

import { AgentShowCommand } from '../../../lib/commands/agent-read-command.js';

interface Pong {
  vmid: number;
  name: string;
  node: string;
  version: string;
  millis: number;
}

export default class VmAgentPing extends AgentShowCommand<Pong> {
  static override summary = 'Ask whether the guest agent of a VM answers.';
  static override description = `Ends with 3 when it does not. It asks for the agent's version, which is a read: a read-only context may do it.`;
  static override examples = ['<%= config.bin %> vm agent ping web-01'];
  static override args = { vm: args.one('VM') };

  protected override async show(): Promise<Pong> {
    const started = performance.now();
    const { guest, answer } = await this.ask<{ version: string }>('info');
    const { vmid, name, node } = guest;
    const millis = Math.round(performance.now() - started);
    return { vmid, name, node, version: answer.version, millis };
  }

  protected override view({ name, vmid, version, millis }: Pong): void {
    this.output.print(`VM ${vmid} (${name}): agent ${version} answers (${millis} ms).`);
  }
}
