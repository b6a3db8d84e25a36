import { unreadable } from '../errors.js';
import { settings } from '../schema/settings.js';

export interface ConfEntry {
  name: string;
  value: string;
  line: number;
  /** Single quotes: `${…}` stays what it is. */
  literal: boolean;
}

/**
 * `KEY=value` lines, with `export`, quotes and comments as shells write them. Parsed, never run:
 * `$(…)` and back-ticks are text.
 * @throws SurroundingsError `PMX_CONFIG_UNREADABLE` with the line
 */
export function parseConf(path: string, text: string): ConfEntry[] {
  const entries: ConfEntry[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const match = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/.exec(line);
    // The line itself is not quoted: it may hold a secret.
    if (!match) throw unreadable(path, `line ${index + 1}, column 1: it is no KEY=value`);
    const [, name, rest] = match as unknown as [string, string, string];
    const quoted = /^(["'])((?:(?!\1).)*)\1\s*(?:[#;].*)?$/.exec(rest);
    if (!quoted && /^["']/.test(rest)) {
      throw unreadable(
        path,
        `line ${index + 1}, column ${raw.indexOf(rest) + 1}: the quote has no end`,
      );
    }
    const value = quoted ? quoted[2]! : rest.replace(/\s+#.*$/, '');
    entries.push({ name, value, line: index + 1, literal: quoted?.[1] === "'" });
  }
  return entries;
}

/** What older tools call servers and secrets; never taken from a key=value configuration. */
export const serverVariables =
  /^(PMX|PVE|PROXMOX)_(HOST|URL|ENDPOINT|USER|USERNAME|PASSWORD|TOKEN|TOKEN_ID|TOKEN_SECRET|CACERT|CA_CERT|FINGERPRINT|VERIFY_SSL)$/;

/** Entries under pmx's own or older variable names, or under names of settings, as a nested object. */
export function confToData(path: string, entries: readonly ConfEntry[]): Record<string, unknown> {
  const byVariable = new Map(
    Object.entries(settings).flatMap(([key, { env }]) => env.map((name) => [name, key] as const)),
  );
  const data: Record<string, unknown> = {};
  const defaults: Record<string, unknown> = {};
  const lines = new Map<string, number>();
  for (const { name, value, line, literal } of entries) {
    const key = byVariable.get(name) ?? name;
    const first = lines.get(key);
    if (first !== undefined)
      throw unreadable(path, `'${key}' is there twice, on lines ${first} and ${line}`);
    lines.set(key, line);
    const text = literal ? value.replaceAll('${', '$${') : value;
    if (key.startsWith('defaults.')) defaults[key.slice('defaults.'.length)] = text;
    else data[key] = text;
  }
  return { ...data, ...(Object.keys(defaults).length > 0 && { defaults }) };
}
