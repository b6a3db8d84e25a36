import { fileURLToPath } from 'node:url';

import { Config } from '@oclif/core/config';
import { expect } from 'chai';

import { IndexedConfig } from '#dist/launch/indexed-config.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const known = [
  ...['id', 'summary', 'description', 'hidden', 'strict', 'aliases', 'hiddenAliases', 'usage'],
  ...['args', 'flags', 'examples', 'hasDynamicHelp', 'isESM', 'relativePath'],
  ...['pluginName', 'pluginAlias', 'pluginType'],
] as const;

type Known = Record<string, unknown> & { id: string };

/** What oclif's help and parser read of commands, as data. */
function described(config: Config): Map<string, unknown> {
  return new Map(
    (config.commands as unknown as Known[]).map((command) => [
      command.id,
      Object.fromEntries(known.map((name) => [name, command[name] ?? undefined])),
    ]),
  );
}

describe("the index instead of oclif's manifests", () => {
  const given = process.env['PMX_NO_PLUGINS'];
  let indexed: IndexedConfig;
  let stock: Config;

  before(async () => {
    // What plugins add is loaded and tested apart from this.
    process.env['PMX_NO_PLUGINS'] = '1';
    indexed = await IndexedConfig.load();
    stock = await Config.load({ root, userPlugins: false });
  });

  after(() => {
    if (given === undefined) delete process.env['PMX_NO_PLUGINS'];
    else process.env['PMX_NO_PLUGINS'] = given;
  });

  it('has the same commands, with all that is known of them', () => {
    const [ours, theirs] = [described(indexed), described(stock)];
    expect([...ours.keys()].sort()).to.deep.equal([...theirs.keys()].sort());
    for (const [id, command] of theirs) expect(ours.get(id), id).to.deep.equal(command);
    expect(ours.size).to.be.greaterThan(200);
  });

  it('has the same topics and names', () => {
    const topics = ({ topics }: Config): unknown[] =>
      topics.map(({ name, description, hidden }) => ({ name, description, hidden })).sort(byName);
    expect(topics(indexed)).to.deep.equal(topics(stock));
    for (const field of ['bin', 'version', 'root', 'dirname', 'dataDir', 'userAgent'] as const)
      expect(indexed[field], field).to.equal(stock[field]);
    expect([...indexed.plugins.keys()].sort()).to.deep.equal([...stock.plugins.keys()].sort());
  });

  it('has the same hooks', () => {
    const hooks = ({ plugins }: Config): unknown =>
      Object.fromEntries([...plugins.values()].map(({ name, hooks }) => [name, hooks]));
    expect(hooks(indexed)).to.deep.equal(hooks(stock));
  });

  for (const [words, joined] of [
    [
      ['vm', 'list', '--json'],
      ['vm:list', '--json'],
    ],
    [['vm', 'ls'], ['vm:ls']],
    [
      ['vm', 'delete', '101', '--yes'],
      ['vm:delete', '101', '--yes'],
    ],
    // No command, or a word too much: oclif says so.
    [
      ['vm', 'nothing'],
      ['vm', 'nothing'],
    ],
    [
      ['vm', 'list', 'foo'],
      ['vm', 'list', 'foo'],
    ],
    [['vm'], ['vm']],
    [[], []],
  ]) {
    it(`takes '${words!.join(' ')}' for ${joined!.join(' ')}`, () => {
      expect(indexed.joinWords(words!)).to.deep.equal(joined);
    });
  }

  it('loads the class behind a name', async () => {
    for (const [name, id] of [
      ['vm:list', 'vm:list'],
      ['vm:ls', 'vm:list'],
      ['sandbox:start', 'sandbox:start'],
      ['help', 'help'],
    ] as const) {
      const loaded = await indexed.findCommand(name, { must: true }).load();
      expect(loaded.id, name).to.equal(id);
      expect(loaded.run).to.be.a('function');
    }
  });

  function byName(a: { name: string }, b: { name: string }): number {
    return a.name < b.name ? -1 : 1;
  }
});
