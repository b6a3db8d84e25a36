/** What a value of an older configuration is for. */
export type Meaning =
  | 'host'
  | 'port'
  | 'user'
  | 'realm'
  | 'password'
  | 'tokenId'
  | 'tokenSecret'
  | 'caFile'
  | 'verify'
  | 'node'
  | 'storage'
  | 'bridge'
  | 'logLevel';

export const olderTools = ['time-shift', 'homelab', 'cpcg', 'proxmox-mpc'] as const;
export type OlderTool = (typeof olderTools)[number];

const server: Record<string, Meaning> = {
  HOST: 'host',
  URL: 'host',
  API_URL: 'host',
  ENDPOINT: 'host',
  PORT: 'port',
  USER: 'user',
  USERNAME: 'user',
  REALM: 'realm',
  PASSWORD: 'password',
  PASS: 'password',
  TOKEN_ID: 'tokenId',
  TOKENID: 'tokenId',
  TOKEN_NAME: 'tokenId',
  TOKEN_SECRET: 'tokenSecret',
  TOKEN_VALUE: 'tokenSecret',
  CACERT: 'caFile',
  CA_CERT: 'caFile',
  VERIFY_SSL: 'verify',
  NODE: 'node',
  DEFAULT_NODE: 'node',
  STORAGE: 'storage',
  BRIDGE: 'bridge',
};

const under = (prefix: string): Record<string, Meaning> =>
  Object.fromEntries(
    Object.entries(server).map(([name, meaning]) => [`${prefix}_${name}`, meaning]),
  );

const common: Record<string, Meaning> = { LOG_LEVEL: 'logLevel', LOGGING_LEVEL: 'logLevel' };

/** Names as in the files, nested ones joined by `_` and in capitals. */
export const vocabulary: Readonly<Record<OlderTool, Readonly<Record<string, Meaning>>>> = {
  'time-shift': { ...common, ...under('PROXMOX'), ...under('PVE') },
  homelab: {
    ...common,
    ...under('PROXMOX'),
    DEFAULT_VM_STORAGE: 'storage',
    DEFAULT_VM_BRIDGE: 'bridge',
  },
  cpcg: {
    ...common,
    ...under('PVE'),
    NODE_NAME: 'node',
    STORAGE_NAME: 'storage',
    BRIDGE_NAME: 'bridge',
  },
  'proxmox-mpc': { ...common, ...under('PROXMOX') },
};
