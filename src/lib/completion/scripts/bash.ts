import type { FlagGrammar, Grammar } from './grammar.js';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const names = (words: ReadonlyArray<{ name: string }>): string =>
  words.map(({ name }) => name).join(' ');

/** Cases for `case "$1" in`, without the empty ones. */
function cases(rows: ReadonlyArray<readonly [key: string, value: string]>): string {
  return rows
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `    ${quote(key)}) echo ${quote(value)} ;;`)
    .join('\n');
}

function optionRows(path: string, { options }: FlagGrammar): Array<[string, string]> {
  return options.map(([flag, values]) => [`${path} ${flag}`, values.join(' ')]);
}

/** Runs on bash 3.2 as well, which is what macOS has: no associative arrays, no mapfile. */
/** Text in double quotes, in which the variables of bundles are filled in. */
function flagCases(commands: Grammar['commands']): string {
  return commands
    .filter(({ flags, bundles }) => flags.length + bundles.length > 0)
    .map(({ path, flags, bundles }) => {
      const words = [...flags.map(({ name }) => name), ...bundles.map((name) => `$__pmx_${name}`)];
      return `    ${quote(path)}) echo "${words.join(' ')}" ;;`;
    })
    .join('\n');
}

export function bashScript({ children, commands, bundles, global }: Grammar): string {
  return `# bash completion of pmx. Made by: pmx completion bash
# Words and flags stand in here; values come from pmx complete, which has them cached.

${bundles.map(({ name, flags }) => `__pmx_${name}=${quote(names(flags))}`).join('\n')}

__pmx_children() {
  case "$1" in
${cases(children.map(([path, words]) => [path, names(words)]))}
  esac
}

__pmx_flags() {
  case "$1" in
${flagCases(commands)}
  esac
}

# Flags of a command behind which a value follows.
__pmx_values() {
  case "$1" in
${cases(commands.map(({ path, values }) => [path, values.join(' ')]))}
  esac
}

__pmx_options() {
  case "$1 $2" in
${cases(commands.flatMap((command) => optionRows(command.path, command)))}
    *)
      case "$2" in
${cases(global.options.map(([flag, values]) => [flag, values.join(' ')]))}
      esac
      ;;
  esac
}

__pmx_global_flags=${quote(names(global.flags))}
__pmx_global_values=${quote(global.values.join(' '))}

_pmx() {
  # Not COMP_WORDS: readline breaks words at : and =, which volumes and UPIDs have.
  local line=\${COMP_LINE:0:COMP_POINT} path='' prefix='' previous='' files=''
  local words word value cur rest candidates valued i last
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  words=("\${words[@]:1}")
  last=$(( \${#words[@]} - 1 ))
  (( last >= 0 )) || return
  cur=\${words[last]}
  COMPREPLY=()

  for (( i = 0; i < last; i++ )); do
    word=\${words[i]}
    if [[ $word == -* ]]; then
      [[ " $__pmx_global_values " == *" $word "* ]] && (( i++ ))
      continue
    fi
    [[ " $(__pmx_children "$path") " == *" $word "* ]] || break
    path=\${path:+$path }$word
  done
  (( last > 0 )) && previous=\${words[last - 1]}

  if [[ $cur == --*=* ]]; then
    prefix=\${cur%%=*}=
    candidates=$(__pmx_options "$path" "\${cur%%=*}")
  elif [[ $cur == -* ]]; then
    candidates="$(__pmx_flags "$path") $__pmx_global_flags"
  else
    valued=" $(__pmx_values "$path") $__pmx_global_values "
    if [[ $previous == -* && $valued == *" $previous "* ]]; then
      candidates=$(__pmx_options "$path" "$previous")
    else
      candidates=$(__pmx_children "$path")
    fi
  fi

  if [[ -n $candidates ]]; then
    for word in $candidates; do
      [[ $prefix$word == "$cur"* ]] && COMPREPLY+=("$prefix$word")
    done
  else
    while IFS=$'\\t' read -r value rest; do
      case $value in
        :files) files=yes ;;
        :values) ;;
        *) COMPREPLY+=("$value") ;;
      esac
    done < <(pmx complete -- "\${words[@]}" 2>/dev/null)
  fi

  # readline replaces only what stands behind the last : or =
  local typed=$cur cut=''
  [[ $COMP_WORDBREAKS == *=* && $typed == *=* ]] && cut=\${typed%"\${typed##*=}"}
  [[ $COMP_WORDBREAKS == *:* && $typed == *:* && \${#cut} -lt \${#typed} ]] &&
    cut=\${typed%"\${typed##*[:=]}"}
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "\${cur#"$prefix"}")
    return
  fi
  for i in "\${!COMPREPLY[@]}"; do COMPREPLY[i]=\${COMPREPLY[i]#"$cut"}; done
  # Behind these something has to follow.
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=,] ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -F _pmx pmx
`;
}
