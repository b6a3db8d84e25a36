import { hanging } from './wrap.js';

type Variable = readonly [name: string, meaning: string];

export const sections: ReadonlyArray<readonly [title: string, variables: readonly Variable[]]> = [
  [
    'SERVER',
    [
      ['PMX_CONTEXT', 'Context to use, as --context.'],
      ['PMX_HOST', 'Server without a context: HOST, HOST:PORT or a URL (also PVE_HOST).'],
      ['PMX_TOKEN_ID', 'API token, USER@REALM!NAME (also PVE_TOKEN_ID).'],
      ['PMX_TOKEN_SECRET', 'Its secret (also PVE_TOKEN_SECRET); wins over a stored one.'],
      ['PMX_USER, PMX_PASSWORD', 'User and password instead of a token (also PVE_…).'],
      ['PMX_FINGERPRINT', 'SHA-256 of the certificate to trust.'],
      ['PMX_CA_CERT', 'File with the CA to trust (also PVE_CACERT).'],
      ['PMX_REQUEST_TIMEOUT', 'Seconds for each request, as --request-timeout.'],
      ['PMX_SECRET_STORE', 'Where secrets are stored: auto, keychain or file.'],
      ['PMX_PASSPHRASE', 'Passphrase of encrypted secrets.'],
    ],
  ],
  [
    'DEFAULTS',
    [
      ['PMX_NODE, PMX_STORAGE', 'As --node and --storage (also NODE_NAME, STORAGE_NAME).'],
      ['PMX_BRIDGE', 'Bridge for new templates (also BRIDGE_NAME).'],
      ['PMX_POOL, PMX_TAGS', 'Pool and tags of new guests.'],
      ['PMX_VMIDS', 'Range that new guests get their VMID from.'],
      ['PMX_OUTPUT', 'As -o.'],
      ['PMX_CONFIRM', 'always: ask before every change.'],
      ['PMX_PARALLEL', 'As --parallel.'],
    ],
  ],
  [
    'TERMINAL',
    [
      ['PMX_PAGER, PAGER', 'Pager for long tables; empty for none.'],
      ['PMX_COLOR', 'always, never or auto; wins over the following.'],
      ['NO_COLOR', 'Set to anything: no colours.'],
      ['TERM', 'dumb: no colours, and nothing is drawn in place.'],
      ['FORCE_COLOR, CLICOLOR_FORCE', 'Colours without a terminal, too.'],
      ['PMX_NO_INPUT', '1: never ask, as --no-input.'],
      ['PMX_MENU', 'true: pmx without words is the menu, at a terminal.'],
      ['CI', 'Set to anything: never ask, never animate, never update pmx.'],
      ['VISUAL, EDITOR', 'Editor of pmx config edit.'],
    ],
  ],
  [
    'MANAGEMENT CONTROLLERS',
    [
      ['PMX_IDRAC_USER', 'As --user of the commands that log in to iDRACs.'],
      ['PMX_IDRAC_PASSWORD', 'Its password; wins over a stored one.'],
      ['PMX_IDRAC_PFX_PASSPHRASE', 'Passphrase of the file of cert replace --pfx.'],
      ['PMX_IDRAC_USERS', 'Users by host, as JSON: {"10.0.8.*": "root"}.'],
      ['PMX_IDRAC_SECRET_COMMANDS', 'Programs that print passwords by host, as JSON.'],
    ],
  ],
  [
    'LOGS AND CHECKS',
    [
      ['PMX_DEBUG', 'As --debug.'],
      ['PMX_LOG_LEVEL', 'As --log-level (also LOG_LEVEL).'],
      ['PMX_LOG_FILE, PMX_LOG_FORMAT', 'As --log-file and --log-format.'],
      ['PMX_CPU_WARNING', 'Percent of CPUs in use, from which on pmx doctor warns.'],
      ['PMX_MEMORY_WARNING', 'The same of the memory of nodes.'],
      ['PMX_DISK_WARNING', 'The same of storages and root file systems.'],
      ['PMX_TRACEPARENT', 'W3C trace of the caller: its id becomes the request id.'],
      ['PMX_AUDIT', 'off: no audit log.'],
      [
        'PMX_AUDIT_SYSLOG',
        'udp://HOST[:PORT] or tcp://HOST[:PORT] that gets a copy of the audit log.',
      ],
    ],
  ],
  [
    'PLUGINS',
    [
      ['PMX_NO_PLUGINS', '1: as if none were installed.'],
      ['PMX_PLUGIN_ALLOW', 'Plugins that may be installed.'],
      ['PMX_PLUGIN_REGISTRY', 'Registry that plugins come from.'],
      ['PMX_PLUGIN_PROGRAMS', 'false: programs pmx-NAME on PATH are no commands.'],
      ['PMX_PLUGIN_SUGGESTIONS', 'Plugins to suggest for commands, as JSON.'],
    ],
  ],
  [
    'PMX ITSELF',
    [
      ['PMX_UPDATES', 'false: pmx update neither looks for newer versions nor installs them.'],
      ['PMX_UPDATE_REGISTRY', 'Registry that is asked for the newest version of pmx.'],
      ['PMX_UPDATE_ARCHIVES', 'Folder of a release on a web server; VERSION is replaced.'],
    ],
  ],
  [
    'FILES',
    [
      ['PMX_HOME', 'One directory for configuration, data, state and cache.'],
      ['PMX_SYSTEM_CONFIG', 'In place of /etc/pmx/config.yaml.'],
      ['PMX_CATALOG', 'YAML file with distributions of your own.'],
      ['PMX_MIRRORS', 'Mirrors of image publishers, as JSON.'],
      ['PMX_CATALOG_SOURCE', 'URL or file that catalog update reads.'],
      ['PMX_KEYRINGS', 'Keyrings of image publishers, as JSON.'],
      ['PMX_IMAGE_CACHE', 'Size limit of the cache of downloaded images.'],
      ['XDG_CONFIG_HOME, XDG_DATA_HOME', 'Where those go otherwise,'],
      ['XDG_STATE_HOME, XDG_CACHE_HOME', 'below pmx/ in each.'],
    ],
  ],
];

/** `pmx help environment`. */
export function environment(): string {
  return sections
    .map(([title, variables]) =>
      [title, ...variables.map(([name, meaning]) => hanging(`  ${name.padEnd(32)}`, meaning))].join(
        '\n',
      ),
    )
    .join('\n\n');
}
