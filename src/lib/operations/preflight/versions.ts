import type { ApiCall } from '../permissions/calls.js';
import { type Check, fail, ok } from './check.js';

interface Capability {
  what: string;
  /** First release that has it. */
  since?: string;
  /** First release that has it no more. */
  until?: string;
  uses: (call: ApiCall) => boolean;
  instead: string;
}

const has = (call: ApiCall, name: string): boolean => call.params[name] !== undefined;
const text = (call: ApiCall, name: string): string => String(call.params[name] ?? '');
const isVmWrite = ({ method, path }: ApiCall): boolean =>
  method !== 'GET' && /^\/nodes\/[^/]+\/qemu(?:$|\/)/.test(path);

/** What Proxmox VE 7, 8 and 9 do differently, as far as a call shows it. */
const capabilities: readonly Capability[] = [
  {
    what: 'storage content of type import',
    since: '8.2',
    uses: (call) =>
      (call.path.endsWith('/upload') && text(call, 'content') === 'import') ||
      Object.values(call.params).some((value) => /import-from=[^,]*:import\//.test(String(value))),
    instead: 'Copy the image to the node and use: qm importdisk',
  },
  {
    what: 'disks made with import-from',
    since: '7.2',
    uses: (call) =>
      Object.values(call.params).some((value) => /\bimport-from=/.test(String(value))),
    instead: 'Use on the node: qm importdisk',
  },
  {
    what: 'tags',
    since: '7.3',
    uses: (call) => isVmWrite(call) && has(call, 'tags'),
    instead: 'Leave --tags out.',
  },
  {
    what: 'members changed by PUT /pools without the pool in the path',
    since: '8.1',
    uses: ({ method, path }) => path === '/pools' && (method === 'PUT' || method === 'DELETE'),
    instead: 'Name the pool in the path: /pools/POOL',
  },
  {
    what: 'the privilege VM.Monitor',
    until: '9.0',
    uses: (call) => /\bVM\.Monitor\b/.test(text(call, 'privs')),
    instead: 'Use VM.GuestAgent.Audit or VM.GuestAgent.Unrestricted.',
  },
  {
    what: 'the privileges VM.GuestAgent.*',
    since: '9.0',
    uses: (call) => /\bVM\.GuestAgent\./.test(text(call, 'privs')),
    instead: 'Use VM.Monitor.',
  },
];

export function checkVersion(calls: readonly ApiCall[], version: string): Check[] {
  const missing = capabilities.filter(
    ({ since, until, uses }) =>
      ((since !== undefined && compare(version, since) < 0) ||
        (until !== undefined && compare(version, until) >= 0)) &&
      calls.some(uses),
  );
  if (missing.length === 0) return [ok('version', `Proxmox VE ${version} has all that is used.`)];
  return missing.map(({ what, since, until, instead }) =>
    fail(
      'version',
      'proxmox',
      `Proxmox VE ${version} does not have ${what} (${since === undefined ? `gone since ${until}` : `since ${since}`}). ${instead}`,
    ),
  );
}

/** `8.4.1` against `8.2`: as many parts as the shorter one has. */
function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((value) => value.split(/[.-]/).map(Number)) as [
    number[],
    number[],
  ];
  for (const [index, part] of b.entries()) {
    const difference = (a[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
