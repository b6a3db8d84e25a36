import type { FlagGrammar, Grammar, Word } from './grammar.js';

const quote = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
const described = ({ name, description }: Word): string => `${quote(name)} ${quote(description)}`;

function cases(
  rows: ReadonlyArray<readonly [key: string, items: readonly string[]]>,
  format: string,
): string {
  return rows
    .filter(([, items]) => items.length > 0)
    .map(
      ([key, items]) =>
        `        case ${quote(key)}\n            printf ${quote(format)} ${items.join(' ')}`,
    )
    .join('\n');
}

function optionRows(path: string, { options }: FlagGrammar): Array<[string, string[]]> {
  return options.map(([flag, values]) => [`${path} ${flag}`, values.map(quote)]);
}

const pair = '%s\\t%s\\n';
const line = '%s\\n';

export function fishScript({ children, commands, bundles, global }: Grammar): string {
  return `# fish completion of pmx. Made by: pmx completion fish
# Words and flags stand in here; values come from pmx complete, which has them cached.

${bundles.map(({ name, flags }) => `set -g __pmx_${name} ${flags.map(described).join(' ')}`).join('\n')}

function __pmx_children
    switch "$argv[1]"
${cases(
  children.map(([path, words]) => [path, words.map(described)]),
  pair,
)}
    end
end

function __pmx_flags
    switch "$argv[1]"
${cases(
  commands.map(({ path, flags, bundles: names }) => [
    path,
    [...flags.map(described), ...names.map((name) => `$__pmx_${name}`)],
  ]),
  pair,
)}
    end
end

# Flags of a command behind which a value follows.
function __pmx_values
    switch "$argv[1]"
${cases(
  commands.map(({ path, values }) => [path, values]),
  line,
)}
    end
end

function __pmx_options
    switch "$argv[1] $argv[2]"
${cases(
  commands.flatMap((command) => optionRows(command.path, command)),
  line,
)}
        case '*'
            switch "$argv[2]"
${cases(
  global.options.map(([flag, values]) => [flag, values.map(quote)]),
  line,
).replaceAll(/^/gm, '        ')}
            end
    end
end

function __pmx_ask
    for row in (pmx complete -- $argv 2>/dev/null)
        switch "$row"
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':values'
            case '*'
                echo $row
        end
    end
end

function __pmx_complete
    set -l global_values ${global.values.join(' ')}
    set -l before (commandline -opc)[2..-1]
    set -l current (commandline -ct)
    set -l path
    set -l skip 0
    for word in $before
        if test $skip -eq 1
            set skip 0
            continue
        end
        if string match -q -- '-*' $word
            contains -- $word $global_values; and set skip 1
            continue
        end
        __pmx_children "$path" | string match -q -- "$word"\\t'*'; or break
        set path (string trim -- "$path $word")
    end
    if string match -q -- '--*=*' $current
        set -l flag (string split -m 1 = -- $current)[1]
        set -l options (__pmx_options "$path" $flag)
        if set -q options[1]
            printf '%s\\n' $flag=$options
        else
            __pmx_ask $before $current
        end
        return
    end
    if string match -q -- '-*' $current
        __pmx_flags "$path"
        printf '%s\\t%s\\n' ${global.flags.map(described).join(' ')}
        return
    end
    set -l valued (__pmx_values "$path") $global_values
    set -l previous $before[-1]
    if string match -q -- '-*' "$previous"; and contains -- $previous $valued
        set -l options (__pmx_options "$path" $previous)
        if set -q options[1]
            printf '%s\\n' $options
        else
            __pmx_ask $before $current
        end
        return
    end
    set -l children (__pmx_children "$path")
    if set -q children[1]
        printf '%s\\n' $children
    else
        __pmx_ask $before $current
    end
end

complete -c pmx -f -a '(__pmx_complete)'
`;
}
