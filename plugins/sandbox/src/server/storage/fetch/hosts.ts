import { isIPv4 } from 'node:net';

/** The host of a URL without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Why a sandbox does not fetch from this URL; undefined when it does. */
export function refusalOf(url: URL, allowed: readonly string[]): string | undefined {
  const host = hostOf(url);
  if (isLoopback(host) || allowed.some((name) => name.toLowerCase() === host)) return undefined;
  return `a sandbox fetches from this machine only; --allow-host ${host} lets it`;
}

/** The port of a URL, also where it goes without saying. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
