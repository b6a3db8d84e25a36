import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

import { expect } from 'chai';

import { Home } from './support.ts';

interface Failure {
  error: { code: string; message: string; hints: string[]; exitCode: number };
}

interface Guest {
  vmid: number;
  name: string;
  node: string;
  status: string;
  template?: number;
}

describe('sandbox start', function () {
  this.timeout(90_000);
  let home: Home;

  beforeEach(() => {
    home = new Home();
  });

  afterEach(async () => {
    await home.pmx(['sandbox', 'stop']);
    home.remove();
  });

  async function refused(code: number, ...flags: string[]): Promise<string> {
    const outcome = await home.pmx(['sandbox', 'start', '--detach', ...flags, '--json']);
    expect(outcome.code, outcome.stdout + outcome.stderr).to.equal(code);
    const { error } = JSON.parse(outcome.stdout) as Failure;
    expect(error.exitCode).to.equal(code);
    expect(error.code).not.to.equal('PMX_BUG');
    expect(error.hints, 'a next step').to.not.be.empty;
    return [error.message, ...error.hints].join('\n');
  }

  it('refuses a port in use, and says what else to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const text = await refused(2, '--port', String(port));
    server.close();
    expect(text)
      .to.include(`port ${port} on 127.0.0.1 is already in use`)
      .and.include('take another');
    await home.json('sandbox', 'start', '--detach');
  });

  it('refuses data of a newer version and leaves it as it is', async () => {
    const data = home.file('newer');
    mkdirSync(data);
    writeFileSync(`${data}/state.json`, '{"format": 99}');
    const text = await refused(2, '--data', data);
    expect(text).to.include('newer version').and.include('another data directory');
    expect(readFileSync(`${data}/state.json`, 'utf8')).to.equal('{"format": 99}');
  });

  it('refuses folders that cannot be one', async () => {
    writeFileSync(home.file('file'), 'x');
    for (const data of ['file', 'file/below'])
      expect(await refused(2, '--data', home.file(data))).to.include('cannot be used');
    expect(readFileSync(home.file('file'), 'utf8')).to.equal('x');
  });

  it('refuses a second start on the same data, and the first goes on', async () => {
    await home.json('sandbox', 'start', '--detach');
    expect(await refused(1)).to.include('pmx sandbox stop');
    expect(await home.json('node', 'list')).to.have.length(1);
  });

  for (const flags of [
    ['--speed', '3y'],
    ['--speed', '-1'],
    ['--speed', '5000x'],
    ['--seed', ''],
    ['--guests', '-1'],
    ['--guests', '60000'],
    ['--guests', 'many'],
    ['--latency-millis', '-5'],
    ['--port', '70000'],
    ['--nodes', '0'],
  ]) {
    it(`refuses ${flags.join(' ')}`, async () => {
      await refused(1, ...flags);
      const { dataExists } = await home.json<{ dataExists: boolean }>('sandbox', 'status');
      expect(dataExists).to.equal(false);
    });
  }

  it('begins with pretended guests, the same for the same seed, and once only', async () => {
    const start = async (seed: string): Promise<Guest[]> => {
      const flags = ['--detach', '--nodes', '3', '--guests', '200', '--seed', seed, '--speed', '0'];
      await home.json('sandbox', 'start', ...flags);
      return (await home.json<Guest[]>('api', 'get', '/cluster/resources', 'type=vm')).map(
        ({ vmid, name, node, status, template }) => ({ vmid, name, node, status, template }),
      ) as Guest[];
    };
    const first = await start('demo');
    expect(first).to.have.length(200);
    expect(new Set(first.map(({ node }) => node))).to.have.property('size', 3);
    expect(first.filter(({ template }) => template === 1)).to.have.length(8);
    expect(new Set(first.map(({ status }) => status)).size).to.equal(2);
    await home.json(
      'vm',
      'delete',
      String(first.find((row) => row.status === 'stopped' && !row.template)!.vmid),
      '--yes',
    );
    await home.json('sandbox', 'stop');
    expect(await start('demo')).to.have.length(199);
    await home.json('sandbox', 'reset', '--yes');
    expect(await start('demo')).to.deep.equal(first);
    await home.json('sandbox', 'reset', '--yes');
    expect(await start('other')).not.to.deep.equal(first);
  });
});
