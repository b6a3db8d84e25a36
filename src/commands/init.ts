import { homedir } from 'node:os';

import { Args, Flags } from '@oclif/core';
import {
  ChangeCommand,
  noPlan,
  parseContextName,
  parseEndpoint,
  parseTokenId,
  type Plan,
} from '@pmx-cli/kit';

import { showLogin } from '../lib/commands/login-lines.js';
import type { InitResult } from '../lib/operations/init/plan.js';

export default class Init extends ChangeCommand<InitResult> {
  static override summary = 'Set pmx up: log in, choose default places, load the completion.';
  static override description = `Asks one thing after the other: the server and who you are, as "<%= config.bin %> login" does; the node and the storage that
new guests get when you say nothing; and whether your shell's own file may load the completion, of which it shows the
lines. Nothing is written before the last answer, so Ctrl-C leaves nothing behind. Again for another server, or to change
an answer.

It needs a terminal. In scripts: "<%= config.bin %> login", "<%= config.bin %> config set" and "<%= config.bin %> completion".`;
  static override examples = [
    '<%= config.bin %> init',
    '<%= config.bin %> init lab --host pve1.example.org',
    '<%= config.bin %> init lab --host pve1.example.org --dry-run',
  ];
  static override args = {
    name: Args.custom<string>({
      description: 'Name of the context; from the host when left out.',
      ignoreStdin: true,
      parse: async (value) => parseContextName(value),
    })(),
  };
  static override flags = {
    host: Flags.custom<string>({
      description: 'Host, host:port or URL; asked for when left out.',
      helpValue: 'HOST',
      parse: async (value) => {
        parseEndpoint(value);
        return value;
      },
    })(),
    user: Flags.string({
      description: 'User to log in as, with or without realm; asked for when left out.',
      helpValue: 'USER[@REALM]',
      exclusive: ['token-id'],
    }),
    'token-id': Flags.custom<string>({
      description: 'Log in with this API token; its secret is asked for.',
      helpValue: 'USER@REALM!NAME',
      parse: async (value) => parseTokenId(value),
    })(),
    shell: Flags.option({
      description: 'Whose file loads the completion; your login shell when left out.',
      options: ['bash', 'zsh', 'fish'] as const,
    })(),
  };

  /** Planning it is a login already. */
  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  protected override async plan(): Promise<Plan> {
    const { host, user, 'token-id': tokenId, shell } = this.flagsOf(Init);
    const [{ planInit }, { shippedScript }] = await Promise.all([
      import('../lib/operations/init/plan.js'),
      import('../lib/completion/scripts/index.js'),
    ]);
    return planInit(
      this.session,
      { name: this.argsOf(Init).name, host, user, tokenId, shell },
      { env: process.env, home: homedir(), script: shippedScript },
    );
  }

  protected override view(result: InitResult): void {
    const { node, storage, completion } = result;
    showLogin(this.output, this.config.bin, result);
    const places = [node && `node ${node}`, storage && `storage ${storage}`].filter(Boolean);
    if (places.length > 0)
      this.output.print(`New guests go to ${places.join(', ')}, unless you say something else.`);
    if (completion !== null)
      this.output.print(`${completion} loads the completion in each new shell.`);
    this.output.note(`  → ${this.config.bin} status`);
  }
}
