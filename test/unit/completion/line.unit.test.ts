import { expect } from 'chai';

import { parseLine } from '#dist/lib/completion/line.js';
import type { Known } from '#dist/lib/completion/manifest.js';
import { sourceOf } from '#dist/lib/completion/source.js';

const flags = {
  context: { name: 'context', type: 'option', helpValue: 'NAME' },
  output: { name: 'output', char: 'o', type: 'option', helpValue: 'FORMAT' },
  json: { name: 'json', type: 'boolean' },
} as const;

const known: Known = {
  topics: { vm: { description: 'Virtual machines.' } },
  commands: [
    {
      id: 'vm:start',
      aliases: ['vm:up'],
      strict: false,
      args: { vm: { name: 'vm' } },
      flags: {
        ...flags,
        selector: { name: 'selector', char: 'l', type: 'option', helpValue: 'KEY=VALUE,…' },
      },
    },
    {
      id: 'vm:create',
      args: { name: { name: 'name' } },
      flags: {
        ...flags,
        template: { name: 'template', char: 't', type: 'option', helpValue: 'TEMPLATE' },
        storage: { name: 'storage', type: 'option', helpValue: 'STORAGE' },
        'iso-storage': { name: 'iso-storage', type: 'option', helpValue: 'STORAGE' },
        'user-data': { name: 'user-data', type: 'option', helpValue: 'FILE' },
        wait: { name: 'wait', type: 'option', options: ['agent', 'ip'] },
      },
    },
    {
      id: 'vm:snapshot:rollback',
      args: { vm: { name: 'vm' }, snapshot: { name: 'snapshot' } },
      flags,
    },
    { id: 'get', args: { kind: { name: 'kind' }, name: { name: 'name' } }, flags },
    { id: 'context:use', args: { name: { name: 'name' } }, flags },
    { id: 'preflight', strict: false, args: { command: { name: 'command' } }, flags },
  ],
};

describe('completion: what the cursor stands behind', () => {
  for (const [words, kind, more] of [
    [[''], 'words', { path: [] }],
    [['vm', 's'], 'words', { path: ['vm'] }],
    [['vm', 'snapshot', ''], 'words', { path: ['vm', 'snapshot'] }],
    [['--json', 'vm', ''], 'words', { path: ['vm'] }],
    [['vm', 'start', '--'], 'flags', {}],
    [['vm', 'start', '-'], 'arg', {}],
    [['nosuch', ''], 'nothing', {}],
    [['vm', 'create', 'a', 'b'], 'nothing', {}],
    [['vm', 'create', '--json=', ''], 'arg', {}],
  ] as const) {
    it(`${words.join(' ')}| → ${kind}`, () => {
      expect(parseLine(known, words).slot).to.deep.include({ kind, ...more });
    });
  }

  for (const [line, source] of [
    ['vm start ', { from: 'guests', type: 'qemu', template: false }],
    ['vm up ', { from: 'guests', type: 'qemu', template: false }],
    ['vm start web-01 db-01 ', { from: 'guests', type: 'qemu', template: false }],
    ['vm start -- ', { from: 'guests', type: 'qemu', template: false }],
    ['vm start -o json ', { from: 'guests', type: 'qemu', template: false }],
    ['vm start -l ', { from: 'selectors' }],
    ['vm create ', { from: 'nothing' }],
    ['vm create x -t ', { from: 'guests', type: 'qemu', template: true }],
    ['vm create x --template=de', { from: 'guests', type: 'qemu', template: true }],
    ['vm create x --storage ', { from: 'storages', content: 'images' }],
    ['vm create x --iso-storage ', { from: 'storages', content: 'iso' }],
    ['vm create x --user-data ', { from: 'files' }],
    ['vm create x --wait ', { from: 'options', options: ['agent', 'ip'] }],
    ['vm snapshot rollback web-01 ', { from: 'snapshots', type: 'qemu', guest: 'web-01' }],
    ['get vms ', { from: 'guests', type: 'qemu', template: false }],
    ['get contexts ', { from: 'local', what: 'contexts' }],
    ['context use ', { from: 'local', what: 'contexts' }],
    ['--context ', { from: 'local', what: 'contexts' }],
    ['vm start --context ', { from: 'local', what: 'contexts' }],
    ['preflight -- vm start ', { from: 'guests', type: 'qemu', template: false }],
  ] as const) {
    it(`${line}| → ${source.from}`, () => {
      expect(sourceOf(parseLine(known, line.split(' ')).slot)).to.deep.equal(source);
    });
  }

  for (const line of [
    '--context lab vm start ',
    'vm start --context=lab ',
    'vm start --context lab x',
  ])
    it(`${line}| asks the context that is named`, () => {
      expect(parseLine(known, line.split(' '))).to.include({ context: 'lab' });
    });
});
