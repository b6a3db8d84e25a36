import { expect } from 'chai';

import { Lab } from './support.ts';

interface Target {
  target: string;
  ok: boolean;
}

describe('naming and selecting guests', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    for (const [name, tags] of [
      ['web-01', 'web'],
      ['web-02', 'web,old'],
      ['db-01', 'db'],
    ] as const)
      await lab.json('vm', 'create', name, '--template', 'base', '--tags', tags);
    await lab.container('proxy', 'tags=web');
  });

  after(() => lab.stop());

  const running = async (): Promise<string[]> =>
    (await lab.json<Array<{ name: string }>>('vm', 'list', '-l', 'status=running')).map(
      ({ name }) => name,
    );

  it('a selector takes VMs for vm, containers for ct', async () => {
    const started = await lab.json<Target[]>('vm', 'start', '-l', 'tag=web');
    expect(started.map(({ target }) => target)).to.deep.equal([
      'VM 101 (web-01)',
      'VM 102 (web-02)',
    ]);
    const [proxy] = await lab.json<Target[]>('ct', 'start', '-l', 'tag=web');
    expect(proxy).to.include({ target: 'container 104 (proxy)', ok: true });
    expect(await running()).to.deep.equal(['web-01', 'web-02']);
  });

  it('narrows what is named, and reads names from a pipe', async () => {
    await lab.json('vm', 'stop', 'web-*', '-l', 'tag=old', '--yes');
    expect(await running()).to.deep.equal(['web-01']);
    const names = await lab.pmx(['vm', 'list', '-o', 'name', '-l', 'tag!=web']);
    const { code, stderr } = await lab.pmx(['vm', 'start', '-'], { input: names.stdout });
    expect(code, stderr).to.equal(0);
    expect(await running()).to.deep.equal(['web-01', 'db-01']);
  });

  for (const [args, code, input] of [
    [['vm', 'stop', '-l', 'tag=nosuch'], 'PMX_NO_MATCH'],
    [['vm', 'stop'], 'PMX_NO_TARGET'],
    [['vm', 'stop', '-'], 'PMX_NO_TARGET', ''],
    [['vm', 'stop', '-l', 'color=red'], 'PMX_INVALID_SELECTOR'],
    [['vm', 'stop', '120-110'], 'PMX_INVALID_TARGET'],
    [['ct', 'stop', 'web-01'], 'PMX_CONTAINER_NOT_FOUND'],
    [['vm', 'stop', 'web-*'], 'PMX_CONFIRMATION_NEEDED'],
    [['vm', 'reset', '-l', 'tag=web,status=running'], 'PMX_CONFIRMATION_NEEDED'],
    [['vm', 'delete', '*'], 'PMX_VM_RUNNING'],
    [['vm', 'delete', 'web-02', '-l', 'tag=web'], 'PMX_CONFIRMATION_NEEDED'],
  ] as Array<[string[], string, string?]>) {
    it(`${args.join(' ')}: ${code}, and nothing is changed`, async () => {
      const writes = lab.writes();
      const outcome = await lab.pmx([...args, '--json'], { input });
      expect(outcome.code).to.equal(1);
      expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', code);
      expect(lab.writes()).to.equal(writes);
    });
  }

  it('--allow-empty: nothing to do is fine', async () => {
    expect(await lab.json('vm', 'stop', '-l', 'tag=nosuch', '--allow-empty')).to.deep.equal([]);
  });
});
