import { fileURLToPath } from 'node:url';

import { Config } from '@oclif/core/config';
import { expect } from 'chai';

import { forwardOf } from '#dist/lib/commands/kinds.js';
import { failure } from '../unit/engine/lab.ts';

const habits: Record<string, string[]> = {
  list: ['ls'],
  delete: ['rm', 'destroy'],
  reboot: ['restart'],
  inspect: ['show'],
  uninstall: ['remove', 'rm'],
};

/** What other programs call it. */
const ofOtherTools: Record<string, string[]> = {
  doctor: ['health'],
  update: ['upgrade', 'self-update'],
};

describe('other names of commands', () => {
  let config: Config;

  before(async () => {
    config = await Config.load(fileURLToPath(new URL('../..', import.meta.url)));
  });

  it('every list has ls, every delete has rm and destroy, without a line of its own', () => {
    // oclif lists an alias as a command of its own.
    const aliases = new Set(config.commands.flatMap((command) => command.aliases));
    const own = config.commands.filter(({ id, hidden }) => !hidden && !aliases.has(id));
    for (const { id, hiddenAliases } of own) {
      const verb = id.split(':').at(-1)!;
      const noun = id.split(':').slice(0, -1).join(':');
      const names = habits[verb] ?? [];
      const wanted = noun === '' ? [] : names.map((name) => `${noun}:${name}`);
      expect(hiddenAliases, id).to.deep.equal([...wanted, ...(ofOtherTools[id] ?? [])]);
    }
  });

  it('they are the same command', async () => {
    for (const [name, id] of [
      ['vm:ls', 'vm:list'],
      ['template:destroy', 'template:delete'],
    ] as const) {
      const [alias, command] = await Promise.all(
        [name, id].map((each) => config.findCommand(each, { must: true }).load()),
      );
      expect(alias).to.equal(command);
    }
  });

  for (const [argv, id, words] of [
    [['vm'], 'vm:list', []],
    [['VMs', '--node', 'pve1'], 'vm:list', ['--node', 'pve1']],
    [['vm', 'web-01', '--json'], 'vm:show', ['web-01', '--json']],
    [['vm/web-01'], 'vm:show', ['web-01']],
    [['template', '9000'], 'template:show', ['9000']],
    [['nodes', '-o', 'wide'], 'node:list', ['-o', 'wide']],
  ] as const) {
    it(`get ${argv.join(' ')} → ${id}`, () => {
      expect(forwardOf(argv, config, 'get')).to.deep.equal({ id, argv: words });
    });
  }

  it('describe needs a name, and both a kind that there is', async () => {
    expect(await failure(async () => forwardOf(['vm'], config, 'describe'))).to.include({
      code: 'PMX_KIND_NAME_MISSING',
      exitCode: 1,
    });
    for (const argv of [['nosuch'], [], ['--json']])
      expect(await failure(async () => forwardOf(argv, config, 'get'))).to.include({
        code: 'PMX_KIND_UNKNOWN',
        exitCode: 1,
      });
  });

  it('a kind whose commands are not there is unknown', async () => {
    const none = { findCommand: () => undefined } as unknown as Config;
    expect(await failure(async () => forwardOf(['vm'], none, 'get'))).to.have.property(
      'code',
      'PMX_KIND_UNKNOWN',
    );
  });
});
