import type { Hook } from '@oclif/core';
import { findHost, requestedFormat, type Session } from '@pmx-cli/kit';

import { commandNotFound } from '../../help/not-found.js';

/** A program `pmx-NAME` on PATH, or an error that says what might have been meant. */
const hook: Hook.CommandNotFound = async function ({ id, argv = [], config }) {
  const words = [...id.split(':'), ...argv];
  const session = findHost().open({
    format: requestedFormat(argv),
    log: {},
    'no-color': argv.includes('--no-color'),
  });
  try {
    const { findProgram, runProgram } = await import('../../lib/plugins/program.js');
    const program = findProgram(words);
    if (program && (await orElse(session.settings.get('pluginPrograms'), false))) {
      process.exitCode = await runProgram(program, await handedOver(session, argv));
      return;
    }
    throw commandNotFound(id, config, [
      ...(program ? [`${program.path} is not run: pluginPrograms is false.`] : []),
      ...suggestions(words, await orElse(session.settings.get('pluginSuggestions'), undefined)),
    ]);
  } finally {
    await session.close();
  }
};

/** Which server is meant, and how to call pmx again; no secret: who needs one asks pmx. */
async function handedOver(
  { contexts }: Session,
  argv: readonly string[],
): Promise<Record<string, string>> {
  const at = argv.indexOf('--context');
  const joined = argv.find((word) => word.startsWith('--context='))?.slice('--context='.length);
  const asked = joined ?? (at < 0 ? undefined : argv[at + 1]);
  // A server that the environment names goes before the current context, for the program as well.
  const elsewhere = process.env['PMX_HOST'] ?? process.env['PVE_HOST'];
  const name = asked ?? (elsewhere ? undefined : await orElse(contexts.current(), undefined));
  const record = name === undefined ? undefined : await orElse(contexts.get(name), undefined);
  return {
    PMX_BIN: process.argv[1]!,
    PMX_VERSION: findHost().version,
    ...(record && { PMX_CONTEXT: name!, PMX_ENDPOINT: record.endpoint }),
    ...(record?.node !== undefined && { PMX_NODE: record.node }),
  };
}

/** Tools of Proxmox VE that people have in their fingers. */
const habits: Readonly<Record<string, string>> = {
  qm: 'pmx vm',
  pct: 'pmx ct',
  pvesh: 'pmx api',
  pvesm: 'pmx storage',
  pveum: 'pmx access',
  pvecm: 'pmx cluster',
  vzdump: 'pmx backup create',
  qmrestore: 'pmx backup restore',
  'ha-manager': 'pmx ha',
};

function suggestions(
  words: readonly string[],
  plugins: Readonly<Record<string, string>> = {},
): string[] {
  const typed = words.join(' ');
  const offered = Object.entries(plugins).find(
    ([name]) => typed === name || typed.startsWith(`${name} `),
  );
  const habit = Object.hasOwn(habits, words[0]!) ? habits[words[0]!] : undefined;
  return [
    ...(habit === undefined ? [] : [`What ${words[0]} does is in ${habit}.`]),
    ...(offered ? [`${offered[0]} comes with a plugin: pmx plugins install ${offered[1]}`] : []),
  ];
}

/** A configuration that cannot be read is told by commands that are there. */
async function orElse<T>(value: Promise<T>, otherwise: T): Promise<T> {
  return value.catch(() => otherwise);
}

export default hook;
