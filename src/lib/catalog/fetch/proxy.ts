/** The proxy for a URL, from the variables that curl and others go by; undefined for none. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const said = (name: string): string | undefined =>
    env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return undefined;
  const exceptions = (said('no_proxy') ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const spared = exceptions.some((name) => {
    const bare = name.replace(/^\*?\./, '');
    return name === '*' || host === bare || host.endsWith(`.${bare}`);
  });
  if (spared) return undefined;
  return said(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ?? said('all_proxy');
}
