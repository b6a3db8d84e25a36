import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { grantLines, untilText } from '../../../lib/commands/grant-lines.js';
import type { UserDetails } from '../../../lib/operations/access/show.js';

export default class AccessUserShow extends ShowCommand<UserDetails> {
  static override summary = 'Show a user with groups, API tokens and rights.';
  static override examples = [
    '<%= config.bin %> access user show ci@pve',
    '<%= config.bin %> access user show ci@pve --json',
  ];
  static override args = {
    user: Args.string({ description: 'Name with realm.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<UserDetails> {
    const { user } = this.argsOf(AccessUserShow);
    const { showUser } = await import('../../../lib/operations/access/show.js');
    return showUser(await this.pve(), user);
  }

  protected override view(user: UserDetails): void {
    this.output.fields([
      ['User', user.user],
      ['Name', [user.firstName, user.lastName].filter(Boolean).join(' ')],
      ['Enabled', user.enabled ? 'yes' : 'no'],
      ['Expires', untilText(user.expiresSeconds)],
      ['Email', user.email],
      ['Comment', user.comment],
      ['Groups', user.groups.join(', ')],
      [
        'Tokens',
        user.tokens
          .map(({ id, expiresSeconds }) => `${id} (expires: ${untilText(expiresSeconds)})`)
          .join('\n'),
      ],
      ['Rights', grantLines(user.grants)],
    ]);
  }
}
