import type { Grammar, Word } from './grammar.js';

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const list = (items: readonly string[]): string => `@(${items.map(quote).join(', ')})`;
const described = (words: readonly Word[]): string =>
  `@(${words.map(({ name, description }) => quote(`${name}\t${description}`)).join(', ')})`;

function table(rows: ReadonlyArray<readonly [key: string, value: string]>): string {
  return rows.map(([key, value]) => `  ${quote(key)} = ${value}`).join('\n');
}

export function powershellScript({ children, commands, bundles, global }: Grammar): string {
  const withFlags = commands.filter(({ flags, bundles: names }) => flags.length + names.length > 0);
  const options = [
    ...commands.flatMap(({ path, options: own }) =>
      own.map(([flag, values]) => [`${path} ${flag}`, list(values)] as const),
    ),
    ...global.options.map(([flag, values]) => [` ${flag}`, list(values)] as const),
  ];
  return `# PowerShell completion of pmx. Made by: pmx completion powershell
# Words and flags stand in here; values come from pmx complete, which has them cached.

${bundles.map(({ name, flags }) => `$PmxBundle_${name} = ${described(flags)}`).join('\n')}
$PmxChildren = @{
${table(children.map(([path, words]) => [path, described(words)]))}
}
$PmxFlags = @{
${table(
  withFlags.map(({ path, flags, bundles: names }) => [
    path,
    [described(flags), ...names.map((name) => `$PmxBundle_${name}`)].join(' + '),
  ]),
)}
}
$PmxValues = @{
${table(withFlags.map(({ path, values }) => [path, list(values)]))}
}
$PmxOptions = @{
${table(options)}
}
$PmxGlobalFlags = ${described(global.flags)}
$PmxGlobalValues = ${list(global.values)}

Register-ArgumentCompleter -Native -CommandName pmx -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() } | Select-Object -Skip 1)
  if ($wordToComplete -ne '' -and $words.Count -gt 0) { $words = @($words | Select-Object -SkipLast 1) }
  $path = ''
  for ($i = 0; $i -lt $words.Count; $i++) {
    $word = $words[$i]
    if ($word.StartsWith('-')) {
      if ($PmxGlobalValues -contains $word) { $i++ }
      continue
    }
    $known = @($PmxChildren[$path] | ForEach-Object { ($_ -split "\`t")[0] })
    if ($known -notcontains $word) { break }
    $path = "$path $word".Trim()
  }
  $previous = if ($words.Count -gt 0) { $words[-1] } else { '' }
  $takesValue = $previous.StartsWith('-') -and (@($PmxValues[$path]) + $PmxGlobalValues) -contains $previous
  if ($wordToComplete.StartsWith('-') -and -not $wordToComplete.Contains('=')) {
    $rows = @($PmxFlags[$path]) + $PmxGlobalFlags
  } elseif ($takesValue) {
    $rows = $PmxOptions["$path $previous"]
    if (-not $rows) { $rows = $PmxOptions[" $previous"] }
  } else {
    $rows = $PmxChildren[$path]
  }
  if (-not $rows) { $rows = @(pmx complete -- @words $wordToComplete 2>$null | Where-Object { $_ -notlike ':*' }) }
  $rows | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`;
}
