import { Flags } from '@oclif/core';

const helpGroup = 'GLOBAL';

/** Flags that work before and after the verb; `bin/run.js` moves the former behind it. */
export const globalFlags = {
  context: Flags.string({
    description: 'Context to use instead of the current one.',
    env: 'PMX_CONTEXT',
    helpGroup,
    helpValue: 'NAME',
    noCacheDefault: true,
  }),
  output: Flags.string({
    char: 'o',
    description:
      'Format of the result: table, wide, json, jsonl, yaml, csv, name, custom-columns=…, jsonpath=… (pmx help formats).',
    env: 'PMX_OUTPUT',
    helpGroup,
    helpValue: 'FORMAT',
    noCacheDefault: true,
  }),
  json: Flags.boolean({
    description: 'Print one JSON document to stdout, for the result as for an error (-o json).',
    helpGroup,
  }),
  debug: Flags.boolean({
    description: 'Tell on stderr what pmx does, with secrets hidden.',
    env: 'PMX_DEBUG',
    helpGroup,
  }),
  'no-color': Flags.boolean({
    description: 'Print without colours (also NO_COLOR=1).',
    helpGroup,
  }),
  'request-timeout': Flags.integer({
    description: 'Limit for each API request, in seconds.',
    env: 'PMX_REQUEST_TIMEOUT',
    helpGroup,
    helpValue: 'SECONDS',
    min: 1,
    max: 86_400,
  }),
};
