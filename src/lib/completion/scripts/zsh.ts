import type { FlagGrammar, Grammar, Word } from './grammar.js';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** `_describe` takes the part behind the first colon for the description. */
const described = ({ name, description }: Word): string =>
  quote(`${name.replaceAll(':', String.raw`\:`)}:${description}`);

function cases(rows: ReadonlyArray<readonly [key: string, items: readonly string[]]>): string {
  return rows
    .filter(([, items]) => items.length > 0)
    .map(([key, items]) => `    ${quote(key)}) reply=(${items.join(' ')}) ;;`)
    .join('\n');
}

function optionRows(path: string, { options }: FlagGrammar): Array<[string, string[]]> {
  return options.map(([flag, values]) => [`${path} ${flag}`, values.map(quote)]);
}

export function zshScript({ children, commands, bundles, global }: Grammar): string {
  return `#compdef pmx
# zsh completion of pmx. Made by: pmx completion zsh
# Words and flags stand in here; values come from pmx complete, which has them cached.

typeset -ga ${bundles.map(({ name }) => `__pmx_${name}`).join(' ')}
${bundles.map(({ name, flags }) => `__pmx_${name}=(${flags.map(described).join(' ')})`).join('\n')}

__pmx_children() {
  reply=()
  case "$1" in
${cases(children.map(([path, words]) => [path, words.map(described)]))}
  esac
}

__pmx_flags() {
  reply=()
  case "$1" in
${cases(
  commands.map(({ path, flags, bundles: names }) => [
    path,
    [...flags.map(described), ...names.map((name) => `"\${__pmx_${name}[@]}"`)],
  ]),
)}
  esac
}

# Flags of a command behind which a value follows.
__pmx_values() {
  reply=()
  case "$1" in
${cases(commands.map(({ path, values }) => [path, values]))}
  esac
}

__pmx_options() {
  reply=()
  case "$1 $2" in
${cases(commands.flatMap((command) => optionRows(command.path, command)))}
    *)
      case "$2" in
${cases(global.options.map(([flag, values]) => [flag, values.map(quote)]))}
      esac
      ;;
  esac
}

__pmx_ask() {
  local value rest files='' item
  local -a open closed
  while IFS=$'\\t' read -r value rest; do
    case $value in
      :files) files=yes ;;
      :values) ;;
      *)
        item=\${\${value#"$1"}//:/\\\\:}\${rest:+:$rest}
        # Behind these something has to follow.
        if [[ $value == *[=,] ]]; then open+=("$item"); else closed+=("$item"); fi
        ;;
    esac
  done < <(pmx complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if [[ -n $files ]]; then
    _files
    return
  fi
  (( \${#open} )) && _describe -t values value open -S ''
  (( \${#closed} )) && _describe -t values value closed
}

_pmx() {
  local -a reply
  local -a global_flags=(${global.flags.map(described).join(' ')})
  local -a global_values=(${global.values.join(' ')})
  local at='' word previous=\${words[CURRENT - 1]} current=\${words[CURRENT]}
  local -i i
  for (( i = 2; i < CURRENT; i++ )); do
    word=\${words[i]}
    if [[ $word == -* ]]; then
      (( \${global_values[(Ie)$word]} )) && (( i++ ))
      continue
    fi
    __pmx_children "$at"
    [[ -n \${(M)reply:#\${word}:*} ]] || break
    at=\${at:+$at }$word
  done

  if [[ $current == --*=* ]]; then
    local flag=\${current%%=*}
    __pmx_options "$at" "$flag"
    compset -P '*='
    if (( \${#reply} )); then _describe value reply; else __pmx_ask "$flag="; fi
    return
  fi
  if [[ $current == -* ]]; then
    __pmx_flags "$at"
    reply+=("\${global_flags[@]}")
    _describe -o flag reply
    return
  fi
  __pmx_values "$at"
  if [[ $previous == -* ]] && (( \${reply[(Ie)$previous]} || \${global_values[(Ie)$previous]} )); then
    __pmx_options "$at" "$previous"
    if (( \${#reply} )); then _describe value reply; else __pmx_ask ''; fi
    return
  fi
  __pmx_children "$at"
  if (( \${#reply} )); then _describe command reply; else __pmx_ask ''; fi
}

if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _pmx "$@"
else
  compdef _pmx pmx
fi
`;
}
