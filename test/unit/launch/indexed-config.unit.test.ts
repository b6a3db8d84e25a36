import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const data = mkdtempSync(join(tmpdir(), 'pmx-launch-'));
  const given = process.env['PMX_DATA_DIR'];
  let indexed: Config;
  let stock: Config;

  before(async () => {
    process.env['PMX_DATA_DIR'] = data;
    makePlugin();
    indexed = await IndexedConfig.load();
    stock = await Config.load({ root });
  });

  after(() => {
    if (given === undefined) delete process.env['PMX_DATA_DIR'];
    else process.env['PMX_DATA_DIR'] = given;
    rmSync(data, { recursive: true, force: true });
  });

  /** A plugin of somebody else: one command of its own, one with the name of one of pmx's. */
  function makePlugin(): void {
    const folder = join(data, 'node_modules', 'pmx-plugin-moon');
    mkdirSync(join(folder, 'commands', 'vm'), { recursive: true });
    const pjson = { name: 'pmx-plugin-moon', version: '1.0.0', type: 'module' };
    const oclif = { commands: './commands', hooks: { 'pmx:moon': './hook.js' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...pjson, oclif }));
    const command = 'export default class { static summary = "Moon."; static run() {} }';
    writeFileSync(join(folder, 'commands', 'moon.js'), command);
    writeFileSync(join(folder, 'commands', 'vm', 'list.js'), command);
    const plugins = [{ name: 'pmx-plugin-moon', type: 'user' }];
    writeFileSync(join(data, 'package.json'), JSON.stringify({ oclif: { plugins } }));
  }

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

  it('has the hooks of all plugins, those of other people included', () => {
    const hooks = ({ plugins }: Config): unknown =>
      Object.fromEntries([...plugins.values()].map(({ name, hooks }) => [name, hooks]));
    expect(hooks(indexed)).to.deep.equal(hooks(stock));
    expect(indexed.plugins.get('pmx-plugin-moon')!.hooks).to.have.property('pmx:moon');
  });

  it("a plugin adds commands, and replaces none of pmx's", () => {
    expect(indexed.findCommand('moon')).to.include({ pluginName: 'pmx-plugin-moon' });
    expect(indexed.findCommand('vm:list')).to.include({ pluginName: 'pmx-cli' });
  });

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
