import { isIP } from 'node:net';

import { parseContextName, parseEndpoint } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

/** Proxmox VE's own port, then that of a web server in front of it. */
const usualPorts = [8006, 443];

/** The endpoints that `--host` may mean, the likeliest first. A port that was given is the only one. */
export function endpointCandidates(host: string): string[] {
  const endpoint = parseEndpoint(host);
  const authority = host.replace(/^[a-z]+:\/\//i, '').split('/', 1)[0]!;
  if (/:\d+$/.test(authority.replace(/^\[.*\]/, ''))) return [endpoint];
  return usualPorts.map((port) => {
    const url = new URL(endpoint);
    return `https://${url.hostname}:${port}${url.pathname.replace(/\/+$/, '')}`;
  });
}

/** `pve1.example.org` → `pve1`; an address as it is, but with what a context's name may have. */
export function contextNameFor(endpoint: string): string {
  const host = new URL(endpoint).hostname.replaceAll(/[[\]]/g, '');
  const name = isIP(host) === 0 ? host.split('.')[0]! : host.replaceAll(':', '-');
  return parseContextName(name.replace(/^[^a-z0-9]+/i, ''));
}

/** @throws RequestError `PMX_INVALID_PROXY` */
export function parseProxy(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url?.username === '' && url.password === '' && url.pathname === '/';
  if (url?.protocol === 'http:' && url.hostname !== '' && plain) return url.origin;
  throw new RequestError({
    code: 'PMX_INVALID_PROXY',
    // A password in it must not be repeated.
    message: `Proxy '${value.replace(/^([^/]*\/\/)?.*@/, '$1')}' is not valid: it must be http://HOST:PORT, without user, password and path.`,
    hints: ['For example: --proxy http://proxy.example.org:3128'],
  });
}
