import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { parseHost, readTargets, type Targets } from '#dist/lib/operations/idrac/targets.js';
import { thresholdsFrom } from '#dist/lib/operations/idrac/thresholds.js';

const read = (words: string[], more: { file?: string; yes?: boolean; stdin?: string } = {}) =>
  readTargets({
    words,
    port: 443,
    yes: more.yes ?? false,
    file: more.file,
    stdin: async () => more.stdin ?? '',
  });
const names = ({ targets }: Targets): string[] =>
  targets.map(({ host, port }) => `${host} ${port}`);

async function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: { code: string }) => error.code,
  );
}

describe('hosts of idrac check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pmx-targets-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  after(() => rmSync(folder, { recursive: true }));

  for (const [word, host, port] of [
    ['idrac-1.example.org', 'idrac-1.example.org', 443],
    ['IDRAC-1', 'idrac-1', 443],
    ['10.0.0.5:8443', '10.0.0.5', 8443],
    ['https://10.0.0.5/restgui/start.html', '10.0.0.5', 443],
    ['fd00::5', 'fd00::5', 443],
    ['[fd00::5]:444', 'fd00::5', 444],
  ] as const)
    it(`takes ${word}`, () => expect(parseHost(word, 443)).to.deep.equal({ host, port }));

  for (const word of [
    '',
    'a b',
    '10.0.0.256',
    '10.0.0',
    'x:0',
    'x:70000',
    'http://x',
    '[zz]',
    '-x',
  ])
    it(`refuses '${word}'`, () =>
      expect(() => parseHost(word, 443))
        .to.throw()
        .with.property('code', 'PMX_INVALID_HOST'));

  it('goes through networks without their own address and broadcast', async () => {
    expect(names(await read(['10.0.8.0/30', '10.9.9.9/32', '10.1.1.2/31']))).to.deep.equal([
      '10.0.8.1 443',
      '10.0.8.2 443',
      '10.9.9.9 443',
      '10.1.1.2 443',
      '10.1.1.3 443',
    ]);
    expect((await read(['10.0.16.0/20'])).targets).to.have.length(4094);
  });

  it('wants --yes for wide and for public networks', async () => {
    expect(await code(read(['10.0.0.0/19']))).to.equal('PMX_NETWORK_TOO_WIDE');
    expect((await read(['10.0.0.0/19'], { yes: true })).targets).to.have.length(8190);
    expect(await code(read(['8.8.8.0/24']))).to.equal('PMX_NETWORK_PUBLIC');
    expect(await code(read(['172.31.255.0/24']))).to.equal('none');
    expect(await code(read(['172.32.0.0/24']))).to.equal('PMX_NETWORK_PUBLIC');
    expect(await code(read(['0.0.0.0/1'], { yes: true }))).to.equal('PMX_NETWORK_TOO_WIDE');
    expect(await code(read(['10.0.0.0/33']))).to.equal('PMX_INVALID_CIDR');
  });

  it('drops duplicates of 10,000 lines, in the order of their first mention', async () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => `idrac-${at % 4000} # rack ${at}`);
    const many = await read(['IDRAC-0:443'], { file: file('many.txt', lines.join('\n')) });
    expect(many.targets).to.have.length(4000);
    expect(many.duplicates).to.equal(6001);
    expect(many.targets[3999]!.host).to.equal('idrac-3999');
  });

  it('reads lines, CSV with and without heading, YAML of names and of entries', async () => {
    const of = async (name: string, text: string): Promise<string[]> =>
      names(await read([], { file: file(name, text) }));
    expect(await of('a.txt', '# all\n\na\nb:444\n10.0.0.0/31\n')).to.deep.equal([
      'a 443',
      'b 444',
      '10.0.0.0 443',
      '10.0.0.1 443',
    ]);
    expect(await of('b.csv', 'Name,IP,Port\nx,10.0.0.5,8443\ny,"10.0.0.6",\n')).to.deep.equal([
      '10.0.0.5 8443',
      '10.0.0.6 443',
    ]);
    expect(await of('c.csv', 'a;rack 1\nb;rack 2\n')).to.deep.equal(['a 443', 'b 443']);
    expect(await of('d.yaml', 'hosts:\n- a\n- host: b\n  port: 444\n')).to.deep.equal([
      'a 443',
      'b 444',
    ]);
    expect(await of('e.json', '["fd00::1"]')).to.deep.equal(['fd00::1 443']);
    expect(names(await read(['-'], { stdin: 'a\nb\n' }))).to.deep.equal(['a 443', 'b 443']);
  });

  it('says what is wrong with a file', async () => {
    const of = (name: string, text: string) => code(read([], { file: file(name, text) }));
    expect(await of('f.txt', '# nothing\n')).to.equal('PMX_NO_BMC_HOSTS');
    expect(await of('g.yaml', 'a: [')).to.equal('PMX_TARGETS_UNREADABLE');
    expect(await of('h.yaml', 'a: 1')).to.equal('PMX_TARGETS_UNREADABLE');
    expect(await of('i.yaml', '- rack: 1')).to.equal('PMX_TARGETS_UNREADABLE');
    expect(await code(read([], { file: join(folder, 'none') }))).to.equal('PMX_FILE_NOT_FOUND');
  });

  it('takes thresholds in the right order only', () => {
    expect(thresholdsFrom('4w', '14d')).to.deep.equal({ warnDays: 28, critDays: 14 });
    expect(() => thresholdsFrom('7d', '14d'))
      .to.throw()
      .with.property('code', 'PMX_THRESHOLDS');
  });
});
