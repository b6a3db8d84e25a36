import { closest } from '../../inventory/closest.js';
import { exposed, notForProjects } from '../errors.js';
import { contextFields } from '../schema/context-fields.js';
import { profileFields } from '../schema/profile-fields.js';
import { settings } from '../schema/settings.js';
import type { FileLayer } from '../schema/spec.js';
import { canonicalName, isMapping, type Mapping } from './canonical.js';
import { serverVariables } from './conf.js';
import type { RawFile } from './read-file.js';

const structural = [
  'version',
  'extends',
  'contexts',
  'defaults',
  'previousContext',
  'profiles',
  'plugins',
];
const isSettingKey = (key: string): boolean => Object.hasOwn(settings, key);

/** Dotted names of all leaves; a context's own name is the second part. */
export function leavesOf(data: Mapping): string[] {
  return Object.entries(data).flatMap(([key, value]) => {
    if (key === 'defaults' && isMapping(value)) {
      return Object.keys(value).map((inner) => `defaults.${inner}`);
    }
    if (['contexts', 'profiles', 'plugins'].includes(key) && isMapping(value)) {
      return Object.entries(value).flatMap(([name, record]) =>
        isMapping(record)
          ? Object.keys(record).map((field) => `${key}.${name}.${field}`)
          : [`${key}.${name}`],
      );
    }
    return [key];
  });
}

/** Whether a key is a name for a secret: those belong into the secret store. */
export function isSecretKey(key: string): boolean {
  const last = key.slice(key.lastIndexOf('.') + 1);
  return (
    !Object.hasOwn(contextFields, last) &&
    !isSettingKey(key) &&
    /^(secret|password|passwd|passphrase|apitoken|token|tokensecret)$|_(PASSWORD|SECRET|PASS)$|_?TOKEN_?(SECRET|VALUE)$/i.test(
      last,
    )
  );
}

/**
 * What is wrong with the keys of one file: warnings in words.
 * @throws SurroundingsError `PMX_SECRETS_EXPOSED`; RequestError `PMX_PROJECT_KEY_REFUSED`
 */
export function checkKeys(file: RawFile, data: Mapping, layer: FileLayer): string[] {
  const warnings: string[] = [];
  for (const key of leavesOf(data)) {
    if (isSecretKey(key)) {
      if ((file.mode & 0o077) !== 0) throw exposed(file.path, key);
      warnings.push(
        `${file.path}: '${key}' is ignored, secrets are not read from a configuration. Store it: pmx context add … --token-stdin`,
      );
      if (layer !== 'project') continue;
    }
    if (layer === 'project' && !allowedInProject(key)) throw notForProjects(file.path, key);
    if (isSecretKey(key) || isKnown(key)) continue;
    const offers = closest(nameOf(key), knownBeside(key));
    warnings.push(
      `${file.path}: unknown setting '${key}'${offers.length > 0 ? `, did you mean '${offers[0]}'?` : '.'}`,
    );
  }
  return warnings;
}

function allowedInProject(key: string): boolean {
  if (/^(?:contexts|plugins)/.test(key) || key === 'previousContext') return false;
  if (serverVariables.test(key) || isSecretKey(key)) return false;
  return !isSettingKey(key) || settings[key as keyof typeof settings].layers.includes('project');
}

export function isKnown(key: string): boolean {
  // What a plugin reads is its own affair: it may not be installed where the file is read.
  if (/^plugins\.[^.]+\./.test(key)) return true;
  if (structural.includes(key) || isSettingKey(key)) return true;
  if (key.startsWith('profiles.')) return Object.hasOwn(profileFields, canonicalName(nameOf(key)));
  return key.startsWith('contexts.') && Object.hasOwn(contextFields, nameOf(key));
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function knownBeside(key: string): string[] {
  if (key.startsWith('contexts.')) return Object.keys(contextFields);
  if (key.startsWith('profiles.')) return Object.keys(profileFields);
  const names = Object.keys(settings);
  return key.startsWith('defaults.')
    ? names.filter((name) => name.startsWith('defaults.')).map(nameOf)
    : [...names, ...structural];
}

/** The nearest known key, for a command line. */
export function offersFor(key: string): string[] {
  return closest(nameOf(key), knownBeside(key)).map((name) =>
    key.includes('.') ? `${key.slice(0, key.lastIndexOf('.'))}.${name}` : name,
  );
}
