import { expect } from 'chai';

import { Lab } from './support.ts';

interface Row {
  name?: string;
  node: string;
  status?: string;
  active?: boolean;
}

describe('lists over several nodes, one of which does not answer', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--nodes', '2');
    for (const node of ['pve1', 'pve2']) {
      await lab.template(`base-${node}`, '--node', node);
      await lab.json('vm', 'create', `on-${node}`, '--template', `base-${node}`, '--node', node);
    }
    await lab.json('sandbox', 'fault', 'add', '--action', 'node-down', '--node', 'pve2');
  });

  after(() => lab.stop());

  const lists = [
    ['vm', 'list'],
    ['node', 'list'],
    ['storage', 'list'],
    ['task', 'list'],
    ['get', 'vm'],
  ];

  /** A second may pass between the two. */
  const withoutTime = (text: string): string => text.replaceAll(/"uptimeSeconds": \d+/g, '');

  for (const words of lists) {
    it(`${words.join(' ')}: the rest, a warning that names the node, exit 0; 3 with --strict`, async () => {
      const lenient = await lab.pmx([...words, '--json']);
      expect(lenient.code, lenient.stderr).to.equal(0);
      expect(lenient.stderr).to.include('Node pve2 does not answer');
      const rows = JSON.parse(lenient.stdout) as Row[];
      expect(rows.some(({ node }) => node === 'pve1')).to.equal(true);
      const strict = await lab.pmx([...words, '--json', '--strict']);
      expect(strict.code, strict.stderr).to.equal(3);
      expect(withoutTime(strict.stdout)).to.equal(withoutTime(lenient.stdout));
      expect(strict.stderr).to.equal(lenient.stderr);
    });
  }

  it('keeps the rows of the silent node, as unknown', async () => {
    const guests = await lab.json<Row[]>('vm', 'list');
    // The node is who knows what is a template, and what it is called.
    expect(guests.filter(({ node }) => node === 'pve2').map(({ status }) => status)).to.deep.equal([
      'unknown',
      'unknown',
    ]);
    const storages = await lab.json<Row[]>('storage', 'list');
    const silent = storages.filter(({ node }) => node === 'pve2');
    expect(silent).to.have.length.greaterThan(0);
    for (const storage of silent) expect(storage).to.not.have.property('active');
    for (const { node, active } of storages) if (node === 'pve1') expect(active).to.equal(true);
  });

  it('with words for a person: table on stdout, warning on stderr', async () => {
    const { code, stdout, stderr } = await lab.pmx(['vm', 'list', '--strict']);
    expect(code).to.equal(3);
    expect(stdout)
      .to.match(/on-pve1/)
      .and.to.match(/unknown/);
    expect(stderr).to.include('Node pve2 does not answer, so this is not the whole list');
  });

  it('a list of one node is about that node only', async () => {
    const { code, stderr } = await lab.pmx(['vm', 'list', '--node', 'pve1', '--strict']);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.equal('');
  });

  it('lists that ask no server do not care', async () => {
    const { code, stderr } = await lab.pmx(['context', 'list', '--strict']);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.equal('');
  });

  it('all is well again when the node is back', async () => {
    await lab.json('sandbox', 'fault', 'clear');
    const { code, stderr } = await lab.pmx(['vm', 'list', '--strict']);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.equal('');
  });
});
