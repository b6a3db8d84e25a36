import { contextFields } from './context-fields.js';
import { profileFields } from './profile-fields.js';
import { settings } from './settings.js';
import type { Spec } from './spec.js';

type Schema = { [key: string]: unknown };

/** The tables as JSON Schema, for editors and for `pmx config schema`. */
export function configJsonSchema(): Schema {
  const top: Record<string, Schema> = {
    version: { type: 'integer', minimum: 1, description: 'Version of this format.' },
    extends: {
      type: ['string', 'array'],
      items: { type: 'string' },
      description: 'Files that this one builds on; what is said here wins.',
    },
    previousContext: { type: 'string', description: 'For `pmx context use -`.' },
  };
  const defaults: Record<string, Schema> = {};
  for (const [key, spec] of Object.entries(settings)) {
    if (key.startsWith('defaults.')) defaults[key.slice('defaults.'.length)] = schemaOf(spec);
    else
      top[key] = {
        ...schemaOf(spec),
        ...(spec.default !== undefined && { default: spec.default }),
      };
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'pmx configuration',
    type: 'object',
    properties: {
      ...top,
      defaults: { type: 'object', properties: defaults, additionalProperties: false },
      contexts: {
        type: 'object',
        description: 'Servers by name. Not in project files.',
        additionalProperties: {
          type: 'object',
          properties: Object.fromEntries(
            Object.entries(contextFields).map(([field, spec]) => [field, schemaOf(spec)]),
          ),
          required: ['endpoint'],
          additionalProperties: false,
        },
      },
      profiles: {
        type: 'object',
        description: 'Flags of `vm create` by the name of a profile.',
        additionalProperties: {
          type: 'object',
          properties: Object.fromEntries(
            Object.entries(profileFields).map(([field, spec]) => [field, schemaOf(spec)]),
          ),
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  };
}

function schemaOf(spec: Spec): Schema {
  const { description } = spec;
  const text = { type: 'string', ...(spec.pattern && { pattern: patternOf(spec.pattern) }) };
  switch (spec.type) {
    case 'integer':
      return { type: 'integer', minimum: spec.min, maximum: spec.max, description };
    case 'boolean':
      return { type: 'boolean', description };
    case 'choice':
      return { enum: spec.choices, description };
    case 'list':
      return { type: 'array', items: text, minItems: 1, description };
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' }, description };
    case 'string':
      return { ...text, description };
  }
}

/** JSON Schema knows no flags: `i` is spelled out. */
function patternOf(pattern: RegExp): string {
  return pattern.flags.includes('i') ? pattern.source.replaceAll('a-z', 'a-zA-Z') : pattern.source;
}
