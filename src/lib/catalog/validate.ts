const texts = ['id', 'distribution', 'version', 'image'] as const;
const choices: Readonly<Record<string, readonly string[]>> = {
  format: ['qcow2', 'raw', 'vmdk'],
  provisioning: ['cloud-init', 'ignition', 'nuageinit', 'talos', 'none'],
  firmware: ['any', 'bios', 'uefi'],
  os: ['l26', 'other'],
  status: ['supported', 'eol', 'rolling', 'development'],
};
const compressions = ['xz', 'gz', 'zst', 'bz2', 'zip', 'tar.xz', 'tar.gz'];
const formats = ['coreutils', 'bsd', 'bare', 'digests', 'json'];
const known = new Set([
  ...texts,
  ...Object.keys(choices),
  ...'codename aliases arch newest compression checksum signature user minDisk cpu unverified note'.split(
    ' ',
  ),
]);

type Fields = Record<string, unknown>;

/** What is wrong with entries of a catalogue, in words; nothing when they are good. */
export function checkEntries(value: unknown): string[] {
  if (!Array.isArray(value)) return ['it must be a list of entries'];
  const problems: string[] = [];
  const names = new Set<string>();
  for (const [index, entry] of (value as unknown[]).entries()) {
    if (typeof entry !== 'object' || entry === null) {
      problems.push(`entry ${index + 1} must be a mapping`);
      continue;
    }
    const fields = entry as Fields;
    const name = String(fields['id'] ?? `entry ${index + 1}`);
    problems.push(...problemsOf(fields).map((problem) => `${name}: ${problem}`));
    for (const word of [name, ...((fields['aliases'] as string[] | undefined) ?? [])]) {
      if (names.has(word)) problems.push(`'${word}' names two entries`);
      names.add(word);
    }
  }
  return problems;
}

function problemsOf(entry: Fields): string[] {
  const problems = [
    ...Object.keys(entry)
      .filter((key) => !known.has(key))
      .map((key) => `there is no field '${key}'`),
    ...texts.filter((key) => typeof entry[key] !== 'string').map((key) => `${key} must be a text`),
    ...Object.entries(choices)
      .filter(([key, values]) => !values.includes(String(entry[key])))
      .map(([key, values]) => `${key} must be one of ${values.join(', ')}`),
  ];
  const { id, arch, image, minDisk, compression, newest, checksum } = entry;
  if (typeof id === 'string' && !/^[a-z0-9][a-z0-9.-]*$/.test(id))
    problems.push('id must be lower-case letters, digits, dots and dashes');
  const arches = typeof arch === 'object' && arch !== null ? Object.keys(arch) : [];
  if (arches.length === 0 || arches.some((name) => !['x86_64', 'aarch64'].includes(name)))
    problems.push('arch must say how x86_64 or aarch64 is spelled');
  if (typeof image === 'string' && image !== '{build}' && !/^https?:\/\//.test(image))
    problems.push('image must begin with https:// or http://');
  if (typeof minDisk !== 'number' || minDisk < 1)
    problems.push('minDisk must be a number of GiB, 1 or more');
  if (compression !== undefined && !compressions.includes(String(compression)))
    problems.push(`compression must be one of ${compressions.join(', ')}`);
  return [
    ...problems,
    ...newestProblems(newest),
    ...checksumProblems(checksum),
    ...placeholderProblems(entry),
  ];
}

/** What `{…}` in the URLs stands for. */
function placeholderProblems({ image, newest, checksum, signature }: Fields): string[] {
  const { json, pattern } = Object(newest) as Fields;
  const groups = [...String(pattern ?? '').matchAll(/\(\?<(\w+)>/g)].map(([, name]) => name!);
  const found = newest === undefined ? [] : ['build', ...(Array.isArray(json) ? [] : groups)];
  const urls = [image, (Object(checksum) as Fields)['url'], (Object(signature) as Fields)['url']];
  const used = urls.map((url) =>
    [...String(url ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
  );
  const unknown = used.flat().find((name) => name !== 'arch' && !found.includes(name));
  return [
    ...(unknown === undefined ? [] : [`nothing says what {${unknown}} is; newest finds {build}`]),
    ...(newest !== undefined && !used[0]!.some((name) => name !== 'arch')
      ? ['newest finds a build, and image has no {build}']
      : []),
  ];
}

function newestProblems(newest: unknown): string[] {
  if (newest === undefined) return [];
  const { url, pattern, json } = Object(newest) as Fields;
  if (typeof url !== 'string') return ['newest.url must be a text'];
  if (Array.isArray(json)) return [];
  if (typeof pattern !== 'string') return ['newest must have a pattern or a json path'];
  try {
    new RegExp(pattern.replaceAll('{arch}', 'x'));
  } catch {
    return ['newest.pattern is no regular expression'];
  }
  return /\((?!\?)|\(\?<build>/.test(pattern)
    ? []
    : ['newest.pattern must have a group that is the build'];
}

function checksumProblems(checksum: unknown): string[] {
  if (checksum === undefined) return [];
  const { url, algorithm, format, value, json } = Object(checksum) as Fields;
  if (algorithm !== 'sha256' && algorithm !== 'sha512')
    return ['checksum.algorithm must be sha256 or sha512'];
  if (value !== undefined) {
    const length = algorithm === 'sha256' ? 64 : 128;
    return new RegExp(`^[0-9a-f]{${length}}$`).test(String(value))
      ? []
      : [`checksum.value must be ${length} hexadecimal digits`];
  }
  if (typeof url !== 'string') return ['checksum must have a url or a value'];
  if (!formats.includes(String(format)))
    return [`checksum.format must be one of ${formats.join(', ')}`];
  return format === 'json' && !Array.isArray(json) ? ['checksum.json must be a path'] : [];
}
