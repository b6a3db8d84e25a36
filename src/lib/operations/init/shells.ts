import { basename, join } from 'node:path';

/** Shells that read a file of the user at each start, to which lines can be added. */
export type RcShell = 'bash' | 'zsh' | 'fish';

export const rcShells: readonly RcShell[] = ['bash', 'zsh', 'fish'];

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** The completion that came with pmx, as a file. */
  script(shell: RcShell): string | undefined;
}

/** The login shell; undefined where it is one whose files pmx does not know. */
export function shellOf({ env }: Pick<Surroundings, 'env'>): RcShell | undefined {
  const name = basename(env['SHELL'] ?? '');
  return rcShells.find((shell) => shell === name);
}

/** The file that the shell reads when somebody sits at it. */
export function rcFile(shell: RcShell, { env, home }: Omit<Surroundings, 'script'>): string {
  switch (shell) {
    case 'bash':
      return join(home, '.bashrc');
    case 'zsh':
      return join(env['ZDOTDIR'] || home, '.zshrc');
    case 'fish':
      return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'fish', 'config.fish');
  }
}

/**
 * Lines that load the completion: from the file that came with pmx, which costs a new shell next to
 * nothing, or from pmx itself where there is none. Without pmx they do nothing.
 */
export function completionLines(shell: RcShell, script: string | undefined): string[] {
  const source =
    script === undefined
      ? fromPmx[shell]
      : shell === 'fish'
        ? `if test -r ${quoted(shell, script)}; source ${quoted(shell, script)}; end`
        : `if [ -r ${quoted(shell, script)} ]; then . ${quoted(shell, script)}; fi`;
  return shell === 'zsh' ? [zshSetup, source] : [source];
}

const zshSetup = '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }';

const fromPmx: Readonly<Record<RcShell, string>> = {
  bash: 'if command -v pmx >/dev/null; then source <(pmx completion bash); fi',
  zsh: 'if command -v pmx >/dev/null; then source <(pmx completion zsh); fi',
  fish: 'if type -q pmx; pmx completion fish | source; end',
};

function quoted(shell: RcShell, path: string): string {
  return shell === 'fish'
    ? `'${path.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'`
    : `'${path.replaceAll("'", `'\\''`)}'`;
}
