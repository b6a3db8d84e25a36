import type { Field, Fields } from './field.js';
import { apiVersion, type Kind, kinds } from './fields.js';

export type Schema = { [key: string]: unknown };

const scalar = ['string', 'number', 'boolean', 'null'];

/** The table of documents as JSON Schema, for editors. */
export function manifestJsonSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'pmx documents',
    oneOf: (Object.keys(kinds) as Kind[]).map((kind) => ({
      title: kind,
      type: 'object',
      description: kinds[kind].description,
      properties: {
        apiVersion: { const: apiVersion },
        kind: { const: kind },
        metadata: { ...objectOf(kinds[kind].metadata), required: ['name'] },
        spec: objectOf(kinds[kind].spec),
        vars: {
          type: 'object',
          description: 'Values for ${NAME}; --var wins.',
          additionalProperties: { type: scalar },
        },
        each: {
          type: 'array',
          description: 'One document for each entry, with its values for ${NAME}.',
          items: { type: 'object', additionalProperties: { type: scalar } },
        },
      },
      required: ['apiVersion', 'kind', 'metadata'],
      additionalProperties: false,
    })),
  };
}

export function objectOf(fields: Fields): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]),
    ),
    additionalProperties: false,
  };
}

const variable = { type: 'string', pattern: '\\$\\{[A-Za-z_]\\w*\\}' };

function schemaOf(field: Field): Schema {
  const { description } = field;
  const options: Schema[] = [bareSchema(field), ...(compound(field) ? [] : [variable])];
  if (field.nullable) options.push({ type: 'null' });
  return options.length === 1 ? { description, ...options[0] } : { description, anyOf: options };
}

function compound({ type }: Field): boolean {
  return type === 'object' || type === 'table' || type === 'list';
}

function bareSchema(field: Field): Schema {
  const text = {
    type: 'string',
    ...(field.pattern && { pattern: patternOf(field.pattern) }),
  };
  switch (field.type) {
    case 'integer':
      return { type: 'integer', minimum: field.min, maximum: field.max };
    case 'boolean':
      return { type: 'boolean' };
    case 'memory':
      return { type: ['integer', 'string'] };
    case 'choice':
      return { enum: field.choices };
    case 'list':
      return { type: 'array', items: { ...text, type: 'string' } };
    case 'object':
      return field.short === undefined
        ? objectOf(field.fields!)
        : { anyOf: [{ type: 'string' }, objectOf(field.fields!)] };
    case 'table':
      return {
        type: 'object',
        patternProperties: {
          [field.keys!.source]: {
            anyOf: [
              { type: 'null' },
              ...(field.short === undefined ? [] : [{ type: 'string' }]),
              ...(Object.keys(field.fields!).length > 0 ? [objectOf(field.fields!)] : []),
            ],
          },
        },
        additionalProperties: false,
      };
    case 'text':
      return text;
  }
}

/** JSON Schema knows no flags: `i` is spelled out. */
function patternOf(pattern: RegExp): string {
  return pattern.flags.includes('i')
    ? pattern.source.replaceAll('a-z', 'a-zA-Z').replaceAll('[KMGT]', '[KMGTkmgt]')
    : pattern.source;
}
