import { PmxCommand } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

interface CompletionScript {
  shell: string;
  script: string;
}

export default class Completion extends PmxCommand<CompletionScript> {
  static override summary = 'Print the completion script of a shell.';
  static override description = `With it, Tab completes commands, flags and values: names of guests, nodes, storages, snapshots and more, from
a cache that is refreshed in the background.

  bash        source <(pmx completion bash)                   in ~/.bashrc
  zsh         source <(pmx completion zsh)                    in ~/.zshrc, behind compinit
  fish        pmx completion fish > ~/.config/fish/completions/pmx.fish
  PowerShell  pmx completion powershell | Out-String | Invoke-Expression    in $PROFILE`;
  static override examples = [
    '<%= config.bin %> completion bash',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/pmx.fish',
  ];
  static override args = {
    shell: Args.string({
      description: 'Which shell.',
      options: [...shells],
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async planOnly(): Promise<[]> {
    return [];
  }

  override async run(): Promise<CompletionScript> {
    const shell = this.argsOf(Completion).shell as (typeof shells)[number];
    const [{ completionScript }, { readKnown }] = await Promise.all([
      import('../lib/completion/scripts/index.js'),
      import('../lib/completion/manifest.js'),
    ]);
    const { withPlugins } = await import('../lib/completion/plugins.js');
    const known = withPlugins(readKnown(), this.session.paths.data);
    const script = completionScript(shell, known);
    if (!this.output.machine) this.output.print(script.trimEnd());
    return { shell, script };
  }
}
