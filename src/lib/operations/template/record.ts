import { type Guest, invalid, type Json } from '@pmx-cli/kit';

import { versionOf } from '../../inventory/template-version.js';

export {
  compareVersions,
  isLatest,
  isVersionTag,
  latestTag,
  versionOf,
  versionTag,
} from '../../inventory/template-version.js';

/** What is known of how a template came about: a line of JSON in its notes. */
export interface TemplateRecord {
  version?: string;
  /** File, address or `vm/101` that it was made from. */
  source?: string;
  sha256?: string;
  /** `sha512:…`, of the image as it is published. */
  checksum?: string;
  /** Entry of the catalogue. */
  catalog?: string;
  made?: string;
  /** Digest of image and settings: the same again is nothing new. */
  build?: string;
  /** Digest of the settings alone, for the next image. */
  settings?: string;
  pmx?: string;
  /** What was put into it beyond its image: packages, snippets, a script. */
  recipe?: { [key: string]: Json };
}

const label = 'pmx-template:';
const cloneLabel = 'pmx-source:';

/** The line for machines; what stands above it is for people. */
export function recordLine(record: TemplateRecord): string {
  return `${label} ${JSON.stringify(record)}`;
}

/** What the notes of a template say; also those of an older pmx, which wrote words only. */
export function readRecord(description: unknown): TemplateRecord {
  const notes = String(description ?? '');
  const line = notes.split('\n').find((text) => text.startsWith(label));
  if (line !== undefined) {
    try {
      return JSON.parse(line.slice(label.length)) as TemplateRecord;
    } catch {
      // Somebody wrote into it: the words may still tell.
    }
  }
  const [, made, source] = /^Template made by pmx on (\S+) from (.+)$/m.exec(notes) ?? [];
  const sha256 = /^sha256: ([0-9a-f]{64})$/m.exec(notes)?.[1];
  return {
    ...(source !== undefined && { source }),
    ...(sha256 !== undefined && { sha256 }),
    ...(made !== undefined && { made }),
  };
}

/** The line in a clone's notes that says which version of a template it was made from. */
export function sourceNote(template: Pick<Guest, 'name' | 'tags'>, description: unknown): string {
  const version = versionOf(template);
  if (version === undefined) return '';
  const { sha256 } = readRecord(description);
  return `${cloneLabel} ${template.name}@${version}${sha256 ? ` sha256:${sha256}` : ''}\n`;
}

/** `debian-13@2026.11.20` of a clone's notes. */
export function sourceOf(description: unknown): string | undefined {
  const line = String(description ?? '')
    .split('\n')
    .find((text) => text.startsWith(cloneLabel));
  return line?.slice(cloneLabel.length).trim().split(' ')[0];
}

/**
 * A version is part of a tag.
 * @throws RequestError `PMX_INVALID_VERSION`
 */
export function parseVersion(value: string): string {
  const version = value.toLowerCase();
  if (!/^[a-z0-9][a-z0-9._+-]{0,63}$/.test(version) || version === 'latest') {
    throw invalid(
      'PMX_INVALID_VERSION',
      'Version',
      value,
      "it must be made of letters, digits and . _ + -, and not be 'latest'",
      `For example: --version ${versionOfDay()}`,
    );
  }
  return version;
}

/** `2026.11.20`; another one of the same day is `2026.11.20.2`. */
export function versionOfDay(taken: readonly string[] = [], now = new Date()): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '.');
  if (!taken.includes(day)) return day;
  for (let count = 2; ; count++) if (!taken.includes(`${day}.${count}`)) return `${day}.${count}`;
}
