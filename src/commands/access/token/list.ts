import { type Column, ListCommand } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import type { Token } from '../../../lib/operations/access/read.js';
import { untilText } from '../../../lib/commands/grant-lines.js';

export default class AccessTokenList extends ListCommand<Token> {
  static override summary = 'List API tokens, of one user or of all.';
  static override examples = [
    '<%= config.bin %> access token list',
    '<%= config.bin %> access token list ci@pve --json',
  ];
  static override args = {
    user: Args.string({ description: 'User; all of them when left out.', ignoreStdin: true }),
  };

  protected readonly whenEmpty = 'No API tokens that you may see.';
  protected readonly columns: ReadonlyArray<Column<Token>> = [
    { header: 'token', key: 'id', value: (row) => row.id },
    { header: 'separated', key: 'privilegeSeparated', value: (row) => row.privilegeSeparated },
    { header: 'expires', key: 'expiresSeconds', value: (row) => untilText(row.expiresSeconds) },
    { header: 'comment', value: (row) => row.comment },
  ];

  protected override reference({ id }: Token): string {
    return id;
  }

  protected override async list(): Promise<Token[]> {
    const { user } = this.argsOf(AccessTokenList);
    const pve = await this.pve();
    const { readTokens, readUser } = await import('../../../lib/operations/access/read.js');
    if (user !== undefined) await readUser(pve, user);
    return readTokens(pve, user);
  }
}
