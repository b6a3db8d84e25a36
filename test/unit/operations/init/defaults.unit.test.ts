import { createFakeHost, type FakeHostOptions } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { choosePlaces, type Places } from '#dist/lib/operations/init/defaults.js';

const disks = { type: 'dir', content: ['images'], shared: false, active: true };
const storages = ['pve1', 'pve2'].flatMap((node) => [
  { ...disks, node, storage: 'local-lvm' },
  { ...disks, node, storage: 'iso-only', content: ['iso'] },
]);
const fast = { ...disks, node: 'pve2', storage: 'fast' };
const nodes = [
  { node: 'pve1', status: 'online' as const },
  { node: 'pve2', status: 'online' as const },
];

async function chosen(options: FakeHostOptions, before: Places = {}) {
  const host = createFakeHost(options);
  const session = host.open({ log: {}, 'no-color': true });
  const places = await choosePlaces(await session.inventory(), session.prompt, before);
  return { places, prompts: host.recording.prompts };
}

describe('default places of a new context', () => {
  it('what is chosen is what counts', async () => {
    const answers = ['pve2', 'fast'];
    const { places } = await chosen({ nodes, storages: [...storages, fast], answers });
    expect(places).to.deep.equal({ node: 'pve2', storage: 'fast' });
  });

  it('no default takes away what was there', async () => {
    const before = { node: 'pve1', storage: 'local-lvm' };
    const answers = ['no default', 'no default'];
    const { places } = await chosen({ nodes, storages: [...storages, fast], answers }, before);
    expect(places).to.deep.equal({});
  });

  it('only storages of the chosen node that take disks', async () => {
    const { places, prompts } = await chosen({
      nodes,
      storages: [...storages, fast],
      answers: ['pve1'],
    });
    expect(places).to.deep.equal({ node: 'pve1' });
    expect(prompts).to.deep.equal(['Node for new guests']);
  });

  it('of one there is no choice; a place that is gone is no default any more', async () => {
    const one = { nodes: nodes.slice(0, 1), storages: storages.slice(0, 2) };
    for (const [before, expected] of [
      [{ node: 'pve1' }, { node: 'pve1' }],
      [{ node: 'gone', storage: 'gone' }, {}],
    ] as const) {
      const { places, prompts } = await chosen(one, before);
      expect(places).to.deep.equal(expected);
      expect(prompts).to.be.empty;
    }
  });

  it('a node that is offline cannot be chosen', async () => {
    const off = [nodes[0]!, { node: 'pve2', status: 'offline' as const }];
    const { places, prompts } = await chosen({ nodes: off, storages });
    expect(places).to.deep.equal({});
    expect(prompts).to.be.empty;
  });
});
