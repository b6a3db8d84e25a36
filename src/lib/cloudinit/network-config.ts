import type { Document, YAMLMap } from 'yaml';
import { refuse } from './refusal.js';
import { type FileContent, toText } from './text.js';
import { parseYaml } from './yaml.js';
import { asMap } from './yaml-nodes.js';

const example = [
  'A file that works:',
  'version: 2',
  'ethernets: {all: {match: {name: "e*"}, dhcp4: true}}',
].join('\n');

/**
 * Checks a network configuration for NoCloud: a YAML mapping with `version: 1` or `version: 2`,
 * at the top or under `network:`.
 *
 * cloud-init itself expects it *without* `network:` in the file `network-config`
 * (cloudinit/net/network_state.py, parse_net_config_data); with it, the guest comes up without this
 * configuration. Files in the form of netplan have the key, so pmx takes both and
 * {@link unwrapNetworkConfig} removes it.
 *
 * https://cloudinit.readthedocs.io/en/latest/reference/network-config.html
 *
 * @returns the version
 * @throws RequestError `PMX_CLOUDINIT_…` (exit 1)
 */
export async function validateNetworkConfig(
  content: FileContent,
  source: string,
): Promise<{ version: 1 | 2 }> {
  return { version: (await parseNetworkConfig(content, source)).version };
}

/**
 * The configuration as the file `network-config` of NoCloud must have it: without `network:`.
 * Text that needs no change is returned as it is, with its comments.
 *
 * @throws RequestError as {@link validateNetworkConfig}
 */
export async function unwrapNetworkConfig(content: FileContent, source: string): Promise<string> {
  const { document, inner, text } = await parseNetworkConfig(content, source);
  if (inner === document.contents) return text;
  const { stringify } = await import('yaml');
  // Through values, because an anchor may stand outside of `network:`. PyYAML reads 1.1.
  return stringify(inner.toJS(document), { version: '1.1', aliasDuplicateObjects: false });
}

async function parseNetworkConfig(
  content: FileContent,
  source: string,
): Promise<{ document: Document.Parsed; inner: YAMLMap; text: string; version: 1 | 2 }> {
  const text = toText(content, source);
  const document = await parseYaml(text, source);
  const top = await asMap(document.contents);
  if (top === undefined) throw wrongShape(source, 'has no YAML mapping at the top');
  const wrapped = top.has('network');
  const inner = wrapped ? await asMap(top.get('network', true)) : top;
  if (inner === undefined) throw wrongShape(source, 'has no mapping under network:');
  const where = wrapped ? ' under network:' : '';
  if (!inner.has('version')) throw wrongShape(source, `has no version${where}`);
  const version = inner.get('version');
  if (version !== 1 && version !== 2) {
    const found =
      typeof version === 'string' ? 'has a version that is text' : 'has another version';
    throw wrongShape(source, `${found}${where}`);
  }
  if (version === 1 && !inner.has('config')) {
    throw wrongShape(source, `is of version 1 and has no config${where}`);
  }
  return { document, inner, text, version };
}

function wrongShape(source: string, found: string) {
  return refuse({
    code: 'PMX_CLOUDINIT_SHAPE',
    source,
    found,
    rule: 'a network-config is a mapping with the number version: 1 (and config) or version: 2',
    hints: [example],
  });
}
