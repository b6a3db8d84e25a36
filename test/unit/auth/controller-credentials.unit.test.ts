import type { Prompter, SettingValues } from '@pmx-cli/kit';
import { expect } from 'chai';

import {
  ControllerLogins,
  fits,
  nearest,
  storedAs,
} from '#dist/lib/auth/controller-credentials.js';

import { failure } from '../engine/lab.ts';

interface Given {
  users?: Record<string, string>;
  commands?: Record<string, string>;
  stored?: Record<string, string>;
  env?: Record<string, string>;
  stdin?: string;
  /** What somebody at the terminal types. */
  typed?: string;
}

describe('logins of controllers', () => {
  const questions: string[] = [];
  const secrets: string[] = [];
  beforeEach(() => {
    questions.length = 0;
    secrets.length = 0;
  });

  function logins(given: Given): ControllerLogins {
    const values: Partial<SettingValues> = {
      idracUsers: given.users,
      idracSecretCommands: given.commands,
    };
    return new ControllerLogins({
      settings: { get: async (key) => values[key] as never },
      secrets: {
        get: async (name, endpoint) => {
          const [pattern] = Object.keys(given.stored ?? {}).filter(
            (each) => storedAs(each).name === name && storedAs(each).endpoint === endpoint,
          );
          const secret = pattern === undefined ? undefined : given.stored![pattern];
          return secret === undefined ? undefined : { secret, source: 'file' };
        },
      },
      prompt: {
        possible: given.typed !== undefined,
        secret: async (question: string) => {
          questions.push(question);
          return given.typed!;
        },
      } as Prompter,
      protect: (secret) => void secrets.push(secret),
      env: given.env ?? {},
      stdin: async () => given.stdin ?? '',
    });
  }

  it('goes by the nearest pattern', () => {
    expect(fits('10.0.8.*', '10.0.8.5')).to.equal(true);
    expect(fits('10.0.8.*', '10.0.80.5')).to.equal(false);
    expect(fits('10.0.8.*', '10x0x8.5')).to.equal(false);
    expect(fits('*.MGMT.test', 'a.mgmt.test')).to.equal(true);
    expect(nearest(['*', '10.*', '10.0.8.*', '10.0.9.*'], '10.0.8.5')).to.equal('10.0.8.*');
    expect(nearest(['a.test'], 'b.test')).to.equal(undefined);
  });

  const users = { '*': 'anybody', '10.0.8.*': 'root' };
  const stored = { '*': 'of anybody', '10.0.8.*': 'of root' };
  const rows: Array<[what: string, given: Given, words: object, expected: string]> = [
    ['a stored one', { users, stored }, {}, 'root: of root'],
    ['the environment wins', { users, stored, env: { PMX_IDRAC_PASSWORD: 'e' } }, {}, 'root: e'],
    [
      'stdin wins over all',
      { users, stored, env: { PMX_IDRAC_PASSWORD: 'e' }, stdin: 'piped\n' },
      { passwordStdin: true },
      'root: piped',
    ],
    [
      'a password manager',
      { users, stored, commands: { '10.*': `${process.execPath} -p 1+1` } },
      {},
      'root: 2',
    ],
    ['a question', { users, typed: 'typed' }, {}, 'root: typed'],
    [
      'that of another user is not his',
      { users, stored, typed: 'typed' },
      { user: 'ann' },
      'ann: typed',
    ],
    [
      'the user of the environment',
      { users, typed: 't', env: { PMX_IDRAC_USER: 'env' } },
      {},
      'env: t',
    ],
  ];
  for (const [what, given, words, expected] of rows) {
    it(what, async () => {
      const { user, password } = await logins(given).find('10.0.8.5', words);
      expect(`${user}: ${password}`).to.equal(expected);
      expect(secrets).to.deep.equal([password]);
    });
  }

  it('asks once for all hosts, and guesses nothing', async () => {
    const asking = logins({ users, typed: 'typed' });
    await asking.find('10.0.8.5', {});
    await asking.find('10.0.8.6', {});
    expect(questions).to.have.length(1);
    expect(await failure(() => logins({ typed: 'x' }).find('h', {}))).to.include({
      code: 'PMX_BMC_NO_USER',
    });
    expect(await failure(() => logins({ users }).find('h', {}))).to.include({
      code: 'PMX_NO_SECRET',
    });
    expect(
      await failure(() => logins({ users, stdin: '' }).find('h', { passwordStdin: true })),
    ).to.include({ code: 'PMX_NO_SECRET' });
    expect(
      await failure(() => logins({ users, env: { PMX_IDRAC_PASSWORD: 'a\nb' } }).find('h', {})),
    ).to.include({ code: 'PMX_INVALID_SECRET' });
  });
});
