import { args, type Column } from '@pmx-cli/kit';

import { AgentListCommand } from '../../../lib/commands/agent-read-command.js';

interface GuestUser {
  user: string;
  domain?: string;
  loginTime: string;
}

export default class VmAgentUsers extends AgentListCommand<GuestUser> {
  static override summary = 'List who is logged in to a guest.';
  static override examples = ['<%= config.bin %> vm agent users web-01'];
  static override args = { vm: args.one('VM') };

  protected readonly whenEmpty = 'Nobody is logged in.';
  protected readonly columns: ReadonlyArray<Column<GuestUser>> = [
    { header: 'user', value: (row) => row.user },
    { header: 'domain', value: (row) => row.domain },
    { header: 'since', key: 'loginTime', value: (row) => row.loginTime },
  ];

  protected override async list(): Promise<GuestUser[]> {
    type Answer = { user: string; domain?: string; 'login-time': number };
    return (await this.ask<Answer[]>('get-users')).map((entry) => ({
      user: entry.user,
      ...(entry.domain !== undefined && { domain: entry.domain }),
      loginTime: new Date(entry['login-time'] * 1000).toISOString(),
    }));
  }
}
