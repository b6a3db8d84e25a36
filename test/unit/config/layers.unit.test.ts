import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SettingKey } from '@pmx-cli/kit';
import type { PmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { Configuration } from '#dist/lib/config/configuration.js';
import { contextFields, parseContext } from '#dist/lib/config/schema/context-fields.js';
import { settings } from '#dist/lib/config/schema/settings.js';
import { parseValue, type SettingSpec, type Spec } from '#dist/lib/config/schema/spec.js';
import { parseConf } from '#dist/lib/config/files/conf.js';

const keys = Object.entries(settings) as Array<[SettingKey, SettingSpec]>;

export async function failure(job: () => unknown): Promise<PmxError> {
  return (async () => job())().then(
    (value) => expect.fail(`nothing was thrown but ${JSON.stringify(value)} came`),
    (error: PmxError) => error,
  );
}

/** A good value for each layer, all different where the type allows it. */
function sample(spec: Spec, layer: number): string {
  switch (spec.type) {
    case 'integer':
      return String(spec.min! + layer);
    case 'boolean':
      return layer % 2 === 0 ? 'true' : 'false';
    case 'choice':
      return spec.choices![layer % spec.choices!.length]!;
    case 'list':
      return `layer${layer},more`;
    case 'map': {
      const keys = [`https://layer${layer}/`, `layer${layer}`, `10.0.${layer}.*`];
      const fitting = keys.find((key) => spec.pattern?.test(key) ?? true);
      return JSON.stringify({ [fitting!]: 'https://mirror/' });
    }
    default:
      if (spec.rule === 'it must be a URL') return `https://layer${layer}/`;
      if (/^\d+G$/.test(spec.example)) return `${layer}G`;
      if (spec.example === 'wide') return ['table', 'wide', 'json', 'yaml', 'csv'][layer]!;
      if (spec.example.startsWith('udp:')) return `udp://layer${layer}`;
      return spec.example.startsWith('5000') ? `${200 + layer}-999` : `layer${layer}`;
  }
}

/** One of each kind of nonsense that a type refuses. */
function nonsense(spec: Spec): unknown[] {
  switch (spec.type) {
    case 'integer':
      return ['abc', '1.5', spec.min! - 1, spec.max! + 1, [1], { a: 1 }, true];
    case 'boolean':
      return ['maybe', 2, [true], {}];
    case 'choice':
      return ['nonsense', 1, [spec.choices![0]], {}];
    case 'list':
      return [[], [1], 5, {}, ['a\nb']];
    case 'map':
      return ['zz-hidden', ['a'], 1, { 'bad\tname': 'x' }, { Good: 'two\nlines' }];
    case 'string':
      return [
        1,
        true,
        ['a'],
        {},
        '',
        'two\nlines',
        ...(spec.pattern || spec.check ? ['?? ?'] : []),
      ];
  }
}

describe('config: layers', () => {
  let root: string;
  let project: string;
  let user: string;
  let system: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pmx-layers-'));
    project = join(root, 'project');
    user = join(root, 'user');
    system = join(root, 'system.yaml');
    for (const folder of [project, user]) mkdirSync(folder);
    mkdirSync(join(project, '.git'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const open = (
    env: NodeJS.ProcessEnv = {},
    flags: Record<string, unknown> = {},
    warn?: (text: string) => void,
  ): Configuration =>
    new Configuration({
      directory: user,
      cwd: project,
      home: join(root, 'home'),
      system: true,
      env: { PMX_SYSTEM_CONFIG: system, ...env },
      flags,
      ...(warn && { warn }),
    });
  const yaml = (key: string, value: unknown): string =>
    key.startsWith('defaults.')
      ? `defaults:\n  ${key.slice('defaults.'.length)}: ${JSON.stringify(value)}\n`
      : `${key}: ${JSON.stringify(value)}\n`;
  const put = {
    system: (text: string) => writeFileSync(system, text),
    user: (text: string) => writeFileSync(join(user, 'config.yaml'), text),
    project: (text: string) => writeFileSync(join(project, '.pmx.yaml'), text),
  };

  it('NODE_NAME is the default node, but not in Jenkins, which calls its own machines so', async () => {
    expect(await open({ NODE_NAME: 'pve3' }).get('defaults.node')).to.equal('pve3');
    const jenkins = { JENKINS_URL: 'https://ci.example.org/', NODE_NAME: 'built-in' };
    expect(await open(jenkins).get('defaults.node')).to.equal(undefined);
    expect(await open({ ...jenkins, PMX_NODE: 'pve3' }).get('defaults.node')).to.equal('pve3');
  });

  for (const [key, spec] of keys) {
    it(`${key}: every layer wins over those below it`, async () => {
      const winners: Array<[string, string | undefined]> = [];
      const expectWinner = async (
        layer: string,
        text: string | number | boolean | undefined,
        env: NodeJS.ProcessEnv = {},
        flags: Record<string, unknown> = {},
      ): Promise<void> => {
        const configuration = open(env, flags);
        const expected = text === undefined ? undefined : parseValue(key, spec, text, 'test');
        expect(await configuration.get(key), layer).to.deep.equal(expected);
        expect((await configuration.origin(key)).layer).to.equal(layer);
        winners.push([layer, (await configuration.origin(key)).source]);
      };
      await expectWinner('default', spec.default);
      put.system(yaml(key, sample(spec, 1)));
      await expectWinner('system', sample(spec, 1));
      put.user(yaml(key, sample(spec, 2)));
      await expectWinner('user', sample(spec, 2));
      if (spec.layers.includes('project')) {
        put.project(yaml(key, sample(spec, 3)));
        await expectWinner('project', sample(spec, 3));
      } else {
        put.project(yaml(key, sample(spec, 3)));
        expect(await failure(() => open().get(key))).to.include({
          code: 'PMX_PROJECT_KEY_REFUSED',
          exitCode: 1,
        });
        rmSync(join(project, '.pmx.yaml'));
      }
      for (const [index, name] of spec.env.toReversed().entries()) {
        const env = Object.fromEntries(
          spec.env.slice(spec.env.length - 1 - index).map((known) => [known, sample(spec, 9)]),
        );
        await expectWinner('env', sample(spec, 4), { ...env, [name]: sample(spec, 4) });
        expect(winners.at(-1)![1], 'the first name wins').to.equal(name);
        await expectWinner(
          spec.layers.includes('project') ? 'project' : 'user',
          sample(spec, spec.layers.includes('project') ? 3 : 2),
          { [name]: '' },
        );
      }
      const flags: Partial<Record<SettingKey, [Record<string, unknown>, string | number]>> = {
        currentContext: [{ context: 'flagged' }, 'flagged'],
        requestTimeout: [{ 'request-timeout': 77 }, 77],
        output: [{ json: true }, 'json'],
        logLevel: [{ 'log-level': 'warn', debug: true }, 'warn'],
        color: [{ 'no-color': true }, 'never'],
      };
      const flag = flags[key];
      if (flag) await expectWinner('flag', flag[1], { [spec.env[0]!]: sample(spec, 1) }, flag[0]);
    });

    for (const value of nonsense(spec)) {
      it(`${key}: ${JSON.stringify(value)} is refused, with key, file and rule`, async () => {
        put.user(yaml(key, value));
        const error = await failure(() => open().get(key));
        expect(error).to.include({ code: 'PMX_INVALID_SETTING', exitCode: 1 });
        expect(error.message).to.contain(key).and.contain('config.yaml').and.contain('it must');
        expect(error.hints.join()).to.contain(spec.example);
      });
    }

    it(`${key}: its example can be set, and a spelling mistake is noticed`, async () => {
      parseValue(key, spec, spec.example, 'test');
      const typo = `${key.slice(0, -1)}x`;
      put.user(yaml(typo, 'x'));
      const warnings: string[] = [];
      await open({}, {}, (text) => void warnings.push(text)).get('output');
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.contain(`unknown setting '${typo}'`);
      if (key.length - key.lastIndexOf('.') > 3) expect(warnings[0]).to.contain('did you mean');
    });
  }

  for (const [field, spec] of Object.entries(contextFields)) {
    for (const value of nonsense(spec)) {
      it(`contexts.lab.${field}: ${JSON.stringify(value)} is refused`, async () => {
        const record = { endpoint: 'pve1', [field]: value };
        const error = await failure(() => parseContext('lab', record, '/c/config.yaml'));
        expect(error).to.include({ code: 'PMX_INVALID_SETTING', exitCode: 1 });
        expect(error.message).to.contain(`contexts.lab.${field}`).and.contain('it must');
        if (spec.sensitive && typeof value === 'string')
          expect(error.message).to.not.contain(value);
      });
    }
    it(`contexts.lab.${field}: its example is good`, () => {
      const record = { endpoint: 'pve1', [field]: spec.example };
      expect(parseContext('lab', record, 'test')).to.have.property(field);
    });
  }

  it('understands both spellings', async () => {
    put.user('request-timeout: 7\n');
    expect(await open().get('requestTimeout')).to.equal(7);
  });

  describe('${…}', () => {
    const cases: Array<[text: string, env: NodeJS.ProcessEnv, expected: string]> = [
      ['${WHO}', { WHO: 'pve7' }, 'pve7'],
      ['a-${WHO}-b', { WHO: 'x' }, 'a-x-b'],
      ['${WHO:-pve9}', {}, 'pve9'],
      ['${WHO:-pve9}', { WHO: '' }, 'pve9'],
      ['${WHO:-pve9}', { WHO: 'pve1' }, 'pve1'],
      ['${A}${B}', { A: '1', B: '2' }, '12'],
    ];
    for (const [text, env, expected] of cases) {
      it(`${text} with ${JSON.stringify(env)}`, async () => {
        put.user(yaml('defaults.node', text));
        expect(await open(env).get('defaults.node')).to.equal(expected);
      });
    }
    it('an unset variable is named, with the file', async () => {
      put.user(yaml('defaults.node', '${NOBODY_SET_THIS}'));
      const error = await failure(() => open().get('defaults.node'));
      expect(error).to.include({ code: 'PMX_UNSET_VARIABLE', exitCode: 1 });
      expect(error.message).to.contain('NOBODY_SET_THIS').and.contain('config.yaml');
      expect(await open().get('output'), 'others are not held up').to.equal('table');
    });
    it('$${ is a plain ${', async () => {
      put.user(yaml('pager', 'less $${X}'));
      expect(await open().get('pager')).to.equal('less ${X}');
    });
  });

  describe('extends', () => {
    it('builds on others, what is nearer wins', async () => {
      writeFileSync(join(user, 'base.yaml'), 'requestTimeout: 5\nlogLevel: debug\n');
      writeFileSync(join(user, 'more.json'), '{"logLevel": "info", "extends": "base.yaml"}');
      put.user('extends: more.json\noutput: wide\n');
      expect(await open().get('requestTimeout')).to.equal(5);
      expect(await open().get('logLevel')).to.equal('info');
      expect((await open().origin('logLevel')).source).to.equal(join(user, 'more.json'));
      expect(await open().get('output')).to.equal('wide');
    });
    for (const [name, first, second] of [
      ['itself', 'config.yaml', undefined],
      ['another that extends it', 'base.yaml', 'extends: config.yaml\n'],
    ] as const) {
      it(`refuses a circle: ${name}`, async () => {
        if (second) writeFileSync(join(user, first), second);
        put.user(`extends: ${first}\n`);
        const error = await failure(() => open().get('output'));
        expect(error).to.include({ code: 'PMX_CONFIG_CIRCULAR', exitCode: 1 });
        expect(error.message).to.contain('config.yaml →');
      });
    }
    it('refuses a file that is not there', async () => {
      put.user('extends: nowhere.yaml\n');
      const error = await failure(() => open().get('output'));
      expect(error).to.include({ code: 'PMX_CONFIG_UNREADABLE', exitCode: 2 });
      expect(error.message).to.contain('nowhere.yaml');
    });
  });

  describe('.proxmox.conf', () => {
    const conf = (text: string): void => writeFileSync(join(project, '.proxmox.conf'), text);

    it('is read with the older names, quotes, export and comments', async () => {
      conf('# old\nexport NODE_NAME="pve3" # here\nSTORAGE_NAME=fast\nrequest-timeout=9\n');
      expect(await open().get('defaults.node')).to.equal('pve3');
      expect(await open().get('defaults.storage')).to.equal('fast');
      expect(await open().get('requestTimeout')).to.equal(9);
    });
    it('runs nothing', async () => {
      const entries = parseConf('x.conf', 'NODE_NAME=$(touch /tmp/pwned)`id`\n');
      expect(entries[0]!.value).to.equal('$(touch /tmp/pwned)`id`');
    });
    for (const [name, text, place] of [
      ['no assignment', 'NODE_NAME=a\nnonsense\n', 'line 2'],
      ['an open quote', 'NODE_NAME="a\n', 'the quote has no end'],
      ['a double key', 'NODE_NAME=a\nPMX_NODE=b\n', 'on lines 1 and 2'],
    ] as const) {
      it(`is refused with the line: ${name}`, async () => {
        conf(text);
        const error = await failure(() => open().get('defaults.node'));
        expect(error).to.include({ code: 'PMX_CONFIG_UNREADABLE', exitCode: 2 });
        expect(error.message).to.contain(place);
      });
    }
  });

  it('finds a project file above, but not beyond the repository', async () => {
    const deep = join(project, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    put.project('output: csv\n');
    writeFileSync(join(root, '.pmx.yaml'), 'output: wide\n');
    const at = (cwd: string) => new Configuration({ directory: user, cwd, env: {} }).get('output');
    expect(await at(deep)).to.equal('csv');
    rmSync(join(project, '.pmx.yaml'));
    expect(await at(deep)).to.equal('table');
  });
});
