import { parseIpConfig } from '@pmx-cli/kit';

import { type GuestConfig, sameValue } from '../shared/guest-config.js';
import type { Manifest, Settings } from './document.js';
import type { Field, Fields } from './field.js';
import { kinds } from './fields.js';
import { ownNotes, withOwnNotes } from './notes.js';
import { parseProperties, printProperties } from './properties.js';

export type OptionValue = string | number | null;

/** A field of a document that is an option of the configuration. */
export interface WantedOption {
  /** `spec.cloudInit.user`. */
  path: string;
  option: string;
  value: OptionValue;
  field: Field;
}

/** Everything of a document that one option of the configuration holds; tables are told apart. */
export function wantedOptions({ kind, metadata, spec }: Manifest): WantedOption[] {
  const table = kinds[kind];
  const { addresses, ...cloudInit } = (spec['cloudInit'] ?? {}) as Settings;
  return [
    ...optionsIn(metadata as unknown as Settings, table.metadata, 'metadata'),
    {
      path: 'metadata.name',
      option: kind === 'Container' ? 'hostname' : 'name',
      value: metadata.name,
      field: table.metadata['name']!,
    },
    ...optionsIn(spec, table.spec, 'spec'),
    ...optionsIn(cloudInit, table.spec['cloudInit']?.fields ?? {}, 'spec.cloudInit'),
    ...addressOptions(addresses as Settings | undefined, table.spec['cloudInit']?.fields),
  ];
}

function optionsIn(values: Settings, fields: Fields, path: string): WantedOption[] {
  return Object.entries(values).flatMap(([name, value]): WantedOption[] => {
    const field = fields[name];
    if (field?.option === undefined) return [];
    return [
      {
        path: `${path}.${name}`,
        option: field.option,
        value: optionValue(field.option, value),
        field,
      },
    ];
  });
}

/** `addresses: {net0: dhcp}` is PVE's `ipconfig0`. @throws RequestError `PMX_INVALID_IP` */
function addressOptions(
  addresses: Settings | undefined,
  fields: Fields | undefined,
): WantedOption[] {
  return Object.entries(addresses ?? {}).map(([net, value]) => ({
    path: `spec.cloudInit.addresses.${net}`,
    option: `ipconfig${net.slice('net'.length)}`,
    value: value === null ? null : parseIpConfig(String(value)),
    field: fields!['addresses']!,
  }));
}

function optionValue(option: string, value: unknown): OptionValue {
  if (value === null) return null;
  if (option === 'tags') {
    const tags = value as string[];
    return tags.length > 0 ? tags.join(';') : null;
  }
  if (option === 'sshkeys') {
    const keys = value as string[];
    return keys.length > 0 ? encodeURIComponent(keys.join('\n')) : null;
  }
  if (option === 'description') return ownNotes(value) === '' ? null : String(value);
  if (option === 'agent') return `enabled=${Number(value)}`;
  return typeof value === 'boolean' ? Number(value) : (value as string | number);
}

/** Whether the configuration says what is wanted. */
export function isSo({ option, value, field }: WantedOption, config: GuestConfig): boolean {
  const now = canonical(option, config[option] ?? field.byDefault ?? null);
  return sameValue(option, now, canonical(option, value ?? field.byDefault ?? null));
}

function canonical(option: string, value: OptionValue): OptionValue {
  switch (option) {
    case 'description':
      return ownNotes(value);
    case 'sshkeys':
      return value === null ? '' : keysIn(value).sort().join('\n');
    case 'agent':
      return parseProperties(String(value ?? 0), 'enabled')['enabled'] === '1' ? 1 : 0;
    case 'boot':
      return value === null || String(value).trim() === '' ? null : value;
    case 'cpu':
    case 'vga':
    case 'machine':
      return value === null ? null : String(value).replace(/^(?:cputype|type)=/, '');
    default:
      return value === null ? null : String(value);
  }
}

export function keysIn(value: OptionValue): string[] {
  return decodeURIComponent(String(value ?? ''))
    .split('\n')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

/** What is sent, so that what the document does not speak of stays. */
export function valueToSet({ option, value }: WantedOption, config: GuestConfig): OptionValue {
  if (option === 'description') {
    const text = withOwnNotes(config['description'], String(value ?? ''));
    return text === '' ? null : text;
  }
  if (option !== 'agent' || value === null) return value;
  const now = parseProperties(String(config['agent'] ?? 0), 'enabled');
  return printProperties({ ...now, ...parseProperties(String(value), 'enabled') });
}

/** An option as a document says it. */
export function shownOption(option: string, field: Field, value: OptionValue | undefined): unknown {
  const known = value ?? field.byDefault ?? null;
  if (known === null) return null;
  switch (option) {
    case 'description':
      return ownNotes(known) || null;
    case 'tags':
      return String(known)
        .split(/[;,\s]+/)
        .filter((tag) => tag !== '')
        .sort();
    case 'sshkeys':
      return keysIn(known);
    case 'agent':
      return parseProperties(String(known), 'enabled')['enabled'] === '1';
    case 'memory':
      return Number(String(known).replace(/^current=/, ''));
  }
  if (field.type === 'boolean') return Number(known) === 1;
  if (field.type === 'integer' || field.type === 'memory') return Number(known);
  return typeof known === 'string' ? known.replace(/^(?:cputype|type)=/, '') : String(known);
}
