import type { SettingKey } from '@pmx-cli/kit';

import { nameRule, outputRule, syslogRule, tagRule, vmidRangeRule } from './rules.js';
import type { FileLayer, SettingSpec } from './spec.js';

const anywhere: readonly FileLayer[] = ['project', 'user', 'system'];
/** Runs a program, writes a file or takes a guard away: not for a file out of a cloned repository. */
const own: readonly FileLayer[] = ['user', 'system'];

/** Every setting. Validation, precedence, `config schema`, origins and docs come from this table. */
export const settings: Readonly<Record<SettingKey, SettingSpec>> = {
  currentContext: {
    type: 'string',
    ...nameRule,
    description: 'Context that is used when none is given.',
    example: 'lab',
    env: ['PMX_CONTEXT'],
    flag: 'context',
    layers: anywhere,
  },
  'defaults.node': {
    type: 'string',
    ...nameRule,
    description: 'Node for new guests.',
    example: 'pve1',
    env: ['PMX_NODE', 'NODE_NAME'],
    layers: anywhere,
  },
  'defaults.storage': {
    type: 'string',
    ...nameRule,
    description: 'Storage for disks of new guests.',
    example: 'local-lvm',
    env: ['PMX_STORAGE', 'STORAGE_NAME'],
    layers: anywhere,
  },
  'defaults.bridge': {
    type: 'string',
    ...nameRule,
    description: 'Bridge for network devices of new templates.',
    example: 'vmbr0',
    env: ['PMX_BRIDGE', 'BRIDGE_NAME'],
    layers: anywhere,
  },
  'defaults.pool': {
    type: 'string',
    ...nameRule,
    description: 'Pool for new guests.',
    example: 'lab',
    env: ['PMX_POOL'],
    layers: anywhere,
  },
  'defaults.vmids': {
    type: 'string',
    ...vmidRangeRule,
    description: 'Range that new guests get their VMID from.',
    example: '5000-5999',
    env: ['PMX_VMIDS'],
    layers: anywhere,
  },
  'defaults.tags': {
    type: 'list',
    ...tagRule,
    description: 'Tags of new guests, beside their own.',
    example: 'lab,pmx',
    env: ['PMX_TAGS'],
    layers: anywhere,
  },
  output: {
    type: 'string',
    ...outputRule,
    description: 'Format of results.',
    example: 'wide',
    env: ['PMX_OUTPUT'],
    flag: 'output',
    default: 'table',
    layers: anywhere,
  },
  color: {
    type: 'choice',
    choices: ['auto', 'always', 'never'],
    description:
      'Colours: on a terminal, always or never. NO_COLOR and FORCE_COLOR win over what files say.',
    example: 'never',
    env: ['PMX_COLOR'],
    default: 'auto',
    layers: anywhere,
  },
  pager: {
    type: 'string',
    description: 'Program that shows long tables on a terminal; wins over PAGER.',
    example: 'less -FRX',
    env: ['PMX_PAGER'],
    layers: own,
  },
  requestTimeout: {
    type: 'integer',
    min: 1,
    max: 86_400,
    description: 'Limit for each API request, in seconds.',
    example: '60',
    env: ['PMX_REQUEST_TIMEOUT'],
    flag: 'request-timeout',
    layers: anywhere,
  },
  parallel: {
    type: 'integer',
    min: 1,
    max: 256,
    description:
      'Most operations of one command at once; when left out 8 on a node, 4 of them making volumes on a storage.',
    example: '16',
    env: ['PMX_PARALLEL'],
    layers: anywhere,
  },
  logLevel: {
    type: 'choice',
    choices: ['trace', 'debug', 'info', 'warn', 'error'],
    description: 'What is worth a line on stderr; nothing when left out.',
    example: 'debug',
    env: ['PMX_LOG_LEVEL', 'LOG_LEVEL'],
    flag: 'log-level',
    layers: anywhere,
  },
  logFile: {
    type: 'string',
    description: 'File for the log; none when left out.',
    example: '/var/log/pmx.log',
    env: ['PMX_LOG_FILE'],
    flag: 'log-file',
    layers: own,
  },
  logFormat: {
    type: 'choice',
    choices: ['text', 'json'],
    description: 'Format of the log.',
    example: 'json',
    env: ['PMX_LOG_FORMAT'],
    flag: 'log-format',
    default: 'text',
    layers: anywhere,
  },
  audit: {
    type: 'boolean',
    description: 'Keep an audit log of every write.',
    example: 'true',
    env: ['PMX_AUDIT'],
    default: true,
    layers: own,
  },
  auditSyslog: {
    type: 'string',
    ...syslogRule,
    description: 'Server that gets a copy of the audit log.',
    example: 'udp://127.0.0.1:514',
    env: ['PMX_AUDIT_SYSLOG'],
    layers: own,
  },
  confirm: {
    type: 'choice',
    choices: ['always', 'destructive'],
    description: 'Ask before every change, or only before what cannot be taken back.',
    example: 'always',
    env: ['PMX_CONFIRM'],
    default: 'destructive',
    layers: own,
  },
  secretStore: {
    type: 'choice',
    choices: ['auto', 'keychain', 'file'],
    description: 'Where secrets are stored: the keychain when there is one, or a file.',
    example: 'file',
    env: ['PMX_SECRET_STORE'],
    default: 'auto',
    layers: own,
  },
};

export const settingKeys = Object.keys(settings) as SettingKey[];
