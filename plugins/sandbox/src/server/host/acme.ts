/** What PVE knows about ACME without asking anybody. */

export const ACME_DIRECTORIES = [
  { name: "Let's Encrypt V2", url: 'https://acme-v02.api.letsencrypt.org/directory' },
  {
    name: "Let's Encrypt V2 Staging",
    url: 'https://acme-staging-v02.api.letsencrypt.org/directory',
  },
] as const;

const field = (description: string) => ({ description, type: 'string' });

const ACME_DNS = {
  fields: {
    ACMEDNS_UPDATE_URL: field('The API update endpoint'),
    ACMEDNS_USERNAME: field('The acme-dns user'),
    ACMEDNS_PASSWORD: field('The acme-dns password'),
    ACMEDNS_SUBDOMAIN: field('The subdomain you got from acme-dns registration'),
  },
  name: 'acme-dns',
};

const PROVIDERS =
  '1984hosting acmeproxy active24 ad ali anx arvan aurora autodns aws azion azure bookmyname bunny cf clouddns ' +
  'cloudns cn conoha constellix cpanel curanet cyon da ddnss desec df dgon dnsexit dnshome dnsimple dnsservices ' +
  'do doapi domeneshop dp dpi dreamhost duckdns durabledns dyn dynu easydns edgedns euserv exoscale fornex ' +
  'freedns gandi_livedns gcloud gcore gd googledomains he hetzner hexonet hostingde huaweicloud infoblox ' +
  'infomaniak internetbs inwx ionos ipv64 ispconfig jd joker kappernet kas kinghost knot la leaseweb lexicon ' +
  'linode linode_v4 loopia lua maradns me miab misaka myapi mydevil mydnsjp mythic_beasts namecheap namecom ' +
  'namesilo nederhost neodigit netcup netlify nic njalla nm nsd nsone nsupdate nw oci one online openprovider ' +
  'openstack opnsense ovh pdns pleskxml pointhq porkbun rackcorp rackspace rage4 rcode0 regru scaleway ' +
  'schlundtech selectel selfhost servercow simply tele3 tencent transip udr ultra unoeuro variomedia veesp ' +
  'vercel vscale vultr websupport world4you yandex yc zilore zone zonomi';

/** The DNS plugins and what they ask for. */
export function challengeRows(): Record<string, unknown>[] {
  const rows = PROVIDERS.split(' ').map((id) => ({ id, name: id, type: 'dns', schema: {} }));
  return [
    ...rows.slice(0, 1),
    { id: 'acmedns', name: 'acme-dns', type: 'dns', schema: ACME_DNS },
    ...rows.slice(1),
    { id: 'standalone', name: 'standalone', type: 'standalone', schema: {} },
  ];
}
