import { refuse } from './refusal.js';
import { type FileContent, toText } from './text.js';

/**
 * Checks the network configuration of a config drive: OpenStack's network_data.json.
 * https://docs.openstack.org/nova/latest/user/metadata.html
 *
 * @returns the text, as given
 * @throws RequestError `PMX_CLOUDINIT_LAYOUT` when it is not (such as YAML for NoCloud)
 */
export function validateNetworkData(content: FileContent, source: string): string {
  const text = toText(content, source);
  const data = parseJson(text);
  const complete =
    typeof data === 'object' &&
    data !== null &&
    ['links', 'networks'].every((key) => Array.isArray((data as Record<string, unknown>)[key]));
  if (complete) return text;
  throw refuse({
    code: 'PMX_CLOUDINIT_LAYOUT',
    source,
    found: 'is not an OpenStack network_data.json',
    rule: 'a config drive takes its network only as JSON with the lists links and networks',
    hints: [
      'Use the layout nocloud, which takes network-config in YAML (version 1 or 2).',
      'Or convert the file to network_data.json.',
    ],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the file, so it is not passed on.
    return undefined;
  }
}
