type Variable = readonly [name: string, meaning: string];

const sections: ReadonlyArray<readonly [title: string, variables: readonly Variable[]]> = [
  [
    'SERVER',
    [
      ['PMX_CONTEXT', 'Context to use, as --context.'],
      ['PMX_HOST', 'Server without a context: HOST, HOST:PORT or a URL (also PVE_HOST).'],
      ['PMX_TOKEN_ID', 'API token, USER@REALM!NAME (also PVE_TOKEN_ID).'],
      ['PMX_TOKEN_SECRET', 'Its secret (also PVE_TOKEN_SECRET).'],
      ['PMX_USER, PMX_PASSWORD', 'User and password instead of a token (also PVE_…).'],
      ['PMX_FINGERPRINT', 'SHA-256 of the certificate to trust.'],
      ['PMX_CA_CERT', 'File with the CA to trust (also PVE_CACERT).'],
      ['PMX_REQUEST_TIMEOUT', 'Seconds for each request, as --request-timeout.'],
    ],
  ],
  [
    'DEFAULTS',
    [
      ['PMX_NODE, PMX_STORAGE', 'As --node and --storage.'],
      ['PMX_OUTPUT', 'As -o.'],
    ],
  ],
  [
    'TERMINAL',
    [
      ['PMX_PAGER, PAGER', 'Pager for long tables; empty for none.'],
      ['NO_COLOR', 'Set to anything: no colours.'],
      ['FORCE_COLOR, CLICOLOR_FORCE', 'Colours without a terminal, too.'],
      ['CI', 'Set to anything: never ask, never animate.'],
      ['PMX_DEBUG', 'As --debug.'],
    ],
  ],
  [
    'FILES',
    [
      ['PMX_HOME', 'One directory for configuration, data, state and cache.'],
      ['XDG_CONFIG_HOME, XDG_DATA_HOME', 'Where those go otherwise,'],
      ['XDG_STATE_HOME, XDG_CACHE_HOME', 'below pmx/ in each.'],
    ],
  ],
];

/** `pmx help environment`. */
export function environment(): string {
  return sections
    .map(([title, variables]) =>
      [title, ...variables.map(([name, meaning]) => `  ${name.padEnd(32)}${meaning}`)].join('\n'),
    )
    .join('\n\n');
}
