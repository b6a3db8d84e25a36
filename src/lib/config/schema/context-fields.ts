import {
  type ContextRecord,
  parseContextName,
  parseEndpoint,
  parseFingerprint,
  parseTokenId,
} from '@pmx-cli/kit';

import { nameRule, tagRule, vmidRangeRule } from './rules.js';
import { parseValue, type Spec } from './spec.js';

const passes =
  (parse: (text: string) => unknown) =>
  (text: string): boolean => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };

const isProxy = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && url.username === '' && url.password === '';
};

/** Every field of a context, as `settings` for what is not about one server. */
export const contextFields: Readonly<Record<keyof ContextRecord, Spec>> = {
  endpoint: {
    type: 'string',
    check: passes(parseEndpoint),
    rule: 'it must be a host, host:port or https:// URL without user and query',
    description: 'Address of the API.',
    example: 'https://pve1.example.org:8006',
  },
  endpoints: {
    type: 'list',
    check: passes(parseEndpoint),
    rule: 'it must be a list of hosts, host:port or https:// URLs',
    description: 'Further addresses of the same cluster.',
    example: 'pve2:8006,pve3:8006',
  },
  tokenId: {
    type: 'string',
    check: passes(parseTokenId),
    rule: 'it must look like user@realm!name, without the secret',
    description: 'API token, without its secret.',
    example: 'root@pam!pmx',
  },
  user: {
    type: 'string',
    pattern: /^[^\s:/!]+@[\w.-]+$/,
    rule: 'it must look like user@realm',
    description: 'User, when there is no token.',
    example: 'root@pam',
  },
  fingerprint: {
    type: 'string',
    check: passes(parseFingerprint),
    rule: 'it must be a SHA-256 of 32 bytes in hex',
    description: "SHA-256 of the server's certificate.",
    example: Array.from({ length: 32 }, () => 'AB').join(':'),
  },
  caFile: {
    type: 'string',
    description: 'CA certificate (PEM) to trust.',
    example: '/etc/ssl/lab-ca.pem',
  },
  insecure: { type: 'boolean', description: 'Accept any certificate.', example: 'false' },
  proxy: {
    type: 'string',
    check: isProxy,
    rule: 'it must be http://host:port without user and password',
    description: 'HTTP proxy on the way to the server.',
    example: 'http://proxy:3128',
  },
  headers: {
    type: 'map',
    pattern: /^[!#$%&'*+.^_`|~\w-]+$/,
    rule: 'it must be a mapping of header names to one-line texts',
    description: 'Headers for a gateway in front of the server.',
    example: '{"X-Gateway": "${GATEWAY_KEY}"}',
    sensitive: true,
  },
  readOnly: { type: 'boolean', description: 'Refuse every write.', example: 'true' },
  confirm: {
    type: 'choice',
    choices: ['always', 'destructive'],
    description: 'Ask before every change, or only before what cannot be taken back.',
    example: 'always',
  },
  node: { type: 'string', ...nameRule, description: 'Node for new guests.', example: 'pve1' },
  storage: {
    type: 'string',
    ...nameRule,
    description: 'Storage for disks of new guests.',
    example: 'local-lvm',
  },
  bridge: {
    type: 'string',
    ...nameRule,
    description: 'Bridge for network devices of new templates.',
    example: 'vmbr0',
  },
  pool: { type: 'string', ...nameRule, description: 'Pool for new guests.', example: 'lab' },
  vmids: {
    type: 'string',
    ...vmidRangeRule,
    description: 'Range that new guests get their VMID from.',
    example: '5000-5999',
  },
  tags: {
    type: 'list',
    ...tagRule,
    description: 'Tags of new guests, beside their own.',
    example: 'lab,pmx',
  },
  secretCommand: {
    type: 'list',
    separator: /\s+/,
    description: 'Program with its arguments, run without a shell, that prints the secret.',
    example: 'pass show pve/lab',
  },
};

/** Checks a context as a file has it. @throws RequestError `PMX_INVALID_SETTING` */
export function parseContext(name: string, raw: unknown, where: string): ContextRecord {
  parseContextName(name);
  const record = parseValue(
    `contexts.${name}`,
    recordSpec,
    typeof raw === 'object' ? {} : raw,
    where,
  );
  const known = Object.entries((raw ?? record) as Record<string, unknown>).filter(
    ([field, value]) =>
      Object.hasOwn(contextFields, field) && value !== undefined && value !== null,
  );
  const parsed = Object.fromEntries(
    known.map(([field, value]) => [
      field,
      parseValue(
        `contexts.${name}.${field}`,
        contextFields[field as keyof ContextRecord],
        value,
        where,
      ),
    ]),
  ) as unknown as ContextRecord;
  if (parsed.endpoint === undefined) {
    parseValue(`contexts.${name}.endpoint`, contextFields.endpoint, undefined, where);
  }
  return { ...parsed, endpoint: parseEndpoint(parsed.endpoint) };
}

const recordSpec: Spec = {
  type: 'map',
  rule: 'it must be a mapping with at least an endpoint',
  description: 'How to reach one server.',
  example: 'endpoint: https://pve1:8006',
};
