import { args } from '@pmx-cli/kit';

import { AgentShowCommand } from '../../../lib/commands/agent-read-command.js';

interface GuestTime {
  /** ISO 8601, UTC. */
  time: string;
  epochMillis: number;
  /** Ahead of this machine when positive; within what the request took. */
  differenceMillis: number;
}

export default class VmAgentTime extends AgentShowCommand<GuestTime> {
  static override summary = "Show the guest's clock, and how far it is from this machine's.";
  static override examples = ['<%= config.bin %> vm agent time web-01'];
  static override args = { vm: args.one('VM') };

  protected override async show(): Promise<GuestTime> {
    const { answer } = await this.ask<number>('get-time');
    const epochMillis = Math.round(answer / 1e6);
    return {
      time: new Date(epochMillis).toISOString(),
      epochMillis,
      differenceMillis: epochMillis - Date.now(),
    };
  }

  protected override view({ time, differenceMillis }: GuestTime): void {
    this.output.print(`${time} (${(differenceMillis / 1000).toFixed(1)} s from here)`);
  }
}
