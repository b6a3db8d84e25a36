import type { ChecksumRule } from './types.js';

const digits = { sha256: 64, sha512: 128 } as const;

/**
 * The checksum of one file in what a publisher wrote about it.
 * @param filename as the publisher has it
 * @param alone whether the text is of this file only: it may name what a link points to
 * @returns lower-case digits; undefined when the text has none for that file
 */
export function findChecksum(
  text: string,
  rule: Exclude<ChecksumRule, { value: string }>,
  filename: string,
  { alone = false } = {},
): string | undefined {
  const found = (
    rawChecksum(text, rule, filename) ?? (alone ? onlyChecksum(text, rule) : undefined)
  )?.toLowerCase();
  return found !== undefined && isDigest(found, rule.algorithm) ? found : undefined;
}

/** The one digest of a text that has no other. */
function onlyChecksum(
  text: string,
  { algorithm, format }: Exclude<ChecksumRule, { value: string }>,
): string | undefined {
  if (format !== 'coreutils' && format !== 'bsd') return undefined;
  const all = text.match(new RegExp(`\\b[0-9a-f]{${digits[algorithm]}}\\b`, 'gi')) ?? [];
  const [first, ...others] = new Set(all.map((value) => value.toLowerCase()));
  return others.length === 0 ? first : undefined;
}

function isDigest(text: string, algorithm: keyof typeof digits): boolean {
  return text.length === digits[algorithm] && /^[0-9a-f]+$/.test(text);
}

function rawChecksum(
  text: string,
  rule: Exclude<ChecksumRule, { value: string }>,
  filename: string,
): string | undefined {
  const lines = text.split(/\r?\n/);
  switch (rule.format) {
    case 'coreutils':
      return ofCoreutils(lines, filename);
    case 'bsd': {
      const name = rule.algorithm.toUpperCase();
      for (const line of lines) {
        const [, algorithm, file, value] = /^(\w+) \((.+)\) = ([0-9a-f]+)\s*$/i.exec(line) ?? [];
        if (algorithm === name && sameFile(file!, filename)) return value;
      }
      return undefined;
    }
    case 'bare':
      return /^\s*([0-9a-f]+)\b/i.exec(text)?.[1];
    case 'digests': {
      const heading = lines.findIndex((line) =>
        new RegExp(`^# ${rule.algorithm} HASH`, 'i').test(line),
      );
      const end = lines.findIndex((line, index) => index > heading && line.startsWith('#'));
      return heading < 0
        ? undefined
        : ofCoreutils(lines.slice(heading + 1, end < 0 ? undefined : end), filename);
    }
    case 'json': {
      const value = atPath(text, rule.json);
      return typeof value === 'string' ? value : undefined;
    }
  }
}

/** `HEX  name`, `HEX *name` for binary mode; lines of a signature around them are no such lines. */
function ofCoreutils(lines: readonly string[], filename: string): string | undefined {
  for (const line of lines) {
    const [, value, file] = /^([0-9a-f]{32,})\s+\*?(\S.*?)\s*$/i.exec(line) ?? [];
    if (file !== undefined && sameFile(file, filename)) return value;
  }
  return undefined;
}

/** Some publishers write `./name` or a whole path. */
function sameFile(written: string, filename: string): boolean {
  return written === filename || written.endsWith(`/${filename}`);
}

/** What stands at a path of a JSON document; undefined when there is nothing or it is no JSON. */
export function atPath(text: string, path: readonly string[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
