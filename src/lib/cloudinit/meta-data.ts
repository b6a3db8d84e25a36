import type { Document } from 'yaml';
import { refuse } from './refusal.js';
import { type FileContent, toText } from './text.js';
import { isBlank, parseYaml } from './yaml.js';
import { asMap } from './yaml-nodes.js';

/**
 * Checks a meta-data file: a YAML mapping (JSON is YAML too). `instance-id` and `local-hostname` are
 * optional, because pmx adds them. A file without content counts as an empty mapping, as in cloud-init.
 * https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html
 *
 * @throws RequestError `PMX_CLOUDINIT_…` (exit 1)
 */
export async function validateMetaData(content: FileContent, source: string): Promise<void> {
  await parseMetaData(content, source);
}

/** What pmx puts into meta-data where the user's own file does not. */
export interface GeneratedMetaData {
  instanceId: string;
  hostname: string;
}

/**
 * The file `meta-data` of NoCloud: the user's, with the missing keys of pmx added. Comments stay.
 *
 * @throws RequestError as {@link validateMetaData}
 */
export async function mergeMetaData(
  content: FileContent | undefined,
  source: string,
  generated: GeneratedMetaData,
): Promise<string> {
  const document = await parseMetaData(content ?? '{}', source);
  const own: Array<[string, string]> = [
    ['instance-id', generated.instanceId],
    ['local-hostname', generated.hostname],
  ];
  for (const [key, value] of own) if (!document.has(key)) document.set(key, value);
  const map = await asMap(document.contents);
  // "{}" would stay in one line; a block is what people expect to see in the guest.
  if (content === undefined && map !== undefined) map.flow = false;
  return document.toString();
}

/**
 * The values of meta_data.json of a config drive. `uuid` and `hostname` are what cloud-init takes as
 * instance-id and local-hostname there; a user's `instance-id` and `local-hostname` are carried over.
 *
 * @throws RequestError as {@link validateMetaData}
 */
export async function openStackMetaData(
  content: FileContent | undefined,
  source: string,
  generated: GeneratedMetaData,
): Promise<Record<string, unknown>> {
  const document = await parseMetaData(content ?? '{}', source);
  const user = document.toJS() as Record<string, unknown>;
  return {
    uuid: user['instance-id'] ?? generated.instanceId,
    hostname: user['local-hostname'] ?? generated.hostname,
    ...user,
  };
}

async function parseMetaData(content: FileContent, source: string): Promise<Document.Parsed> {
  const text = toText(content, source);
  const document = await parseYaml(text, source);
  if (isBlank(document)) return parseYaml(`${text}\n{}\n`, source);
  const map = await asMap(document.contents);
  if (map === undefined) {
    throw shape(
      source,
      'has no YAML mapping at the top',
      'meta-data is a mapping of keys and values',
    );
  }
  for (const key of ['instance-id', 'local-hostname']) {
    if (!map.has(key)) continue;
    const value = map.get(key);
    const usable = (typeof value === 'string' && value.trim() !== '') || typeof value === 'number';
    if (!usable) throw shape(source, `gives no usable value for ${key}`, 'it must be a word');
  }
  return document;
}

function shape(source: string, found: string, rule: string) {
  return refuse({
    code: 'PMX_CLOUDINIT_SHAPE',
    source,
    found,
    rule,
    hints: [['A file that works:', 'instance-id: web-01', 'local-hostname: web-01'].join('\n')],
  });
}
