import { Flags } from '@oclif/core';

import { logLevels } from '../log/index.js';

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
  verbose: Flags.boolean({
    description: 'Tell on stderr what is done (--log-level info).',
    helpGroup,
  }),
  'log-level': Flags.option({
    description:
      'Tell on stderr what pmx does, from this level on; trace has the time of each request.',
    options: logLevels,
    env: 'PMX_LOG_LEVEL',
    helpGroup,
  })(),
  'log-file': Flags.string({
    description: 'Write the log into this file, too (from debug on).',
    env: 'PMX_LOG_FILE',
    helpGroup,
    helpValue: 'PATH',
  }),
  'log-format': Flags.option({
    description: 'Lines of text, or one JSON document a line.',
    options: ['text', 'json'] as const,
    env: 'PMX_LOG_FORMAT',
    helpGroup,
  })(),
  debug: Flags.boolean({
    description: 'Tell on stderr what pmx does, with secrets hidden (--log-level debug).',
    aliases: ['debug-safe'],
    env: 'PMX_DEBUG',
    helpGroup,
  }),
  'no-color': Flags.boolean({
    description: 'Print without colours (also NO_COLOR=1).',
    helpGroup,
  }),
  'no-input': Flags.boolean({
    description: 'Never ask: what is missing is an error, also at a terminal (PMX_NO_INPUT=1).',
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
