import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';

import { expect } from 'chai';

import { bin, Lab } from './support.ts';

interface Status {
  offset: number | null;
  shift: { reason: string | null } | null;
}

describe('idrac connect', function () {
  this.timeout(90_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--idrac', '9:expired,9:healthy');
    await lab.template('base');
    await lab.json('vm', 'create', 'jump', '--template', 'base', '--start', '--wait', 'agent');
  });

  after(() => lab.stop());

  /** An ssh that writes down its words and how the clock of the VM is meanwhile. */
  function ssh(exitCode: number): { PATH: string } {
    mkdirSync(lab.file('bin'), { recursive: true });
    const look = `"${process.execPath}" "${bin}" time status jump --json > "${lab.file('meanwhile.json')}"`;
    const words = `printf '[%s]' "$@" > "${lab.file('words')}"`;
    writeFileSync(lab.file('bin/ssh'), `#!/bin/sh\n${words}\n${look}\nexit ${exitCode}\n`);
    chmodSync(lab.file('bin/ssh'), 0o755);
    return { PATH: `${lab.file('bin')}${delimiter}${process.env['PATH']}` };
  }

  const host = (at: number): string => new URL(lab.idracs()[at]!.url).host;
  const now = async (): Promise<Status> => (await lab.json<Status[]>('time', 'status', 'jump'))[0]!;

  it('goes through the VM at a date that suits the certificate, and brings its clock home', async () => {
    const words = ['idrac', 'connect', host(0), '--via', 'jump', '--user', 'admin'];
    const dry = await lab.pmx([...words, '--dry-run']);
    expect(dry.stdout).to.include('Set the clock of').and.to.include('if it fails later');
    const { code, stderr } = await lab.pmx(words, { env: ssh(9) });
    expect(code, stderr).to.equal(9);
    expect(stderr).to.include('https://localhost:8443/').and.to.include('the clock is back');
    expect(readFileSync(lab.file('words'), 'utf8')).to.match(
      new RegExp(
        `^\\[-l\\]\\[admin\\]\\[-o\\]\\[ExitOnForwardFailure=yes\\]\\[-L\\]\\[127\\.0\\.0\\.1:8443:${host(0)}\\]\\[-t\\]\\[[\\d.]+\\]$`,
      ),
    );
    const [meanwhile] = JSON.parse(readFileSync(lab.file('meanwhile.json'), 'utf8')) as Status[];
    expect(meanwhile!.offset).to.be.below(-300 * 86_400_000);
    expect(meanwhile!.shift!.reason).to.include('connected to 127.0.0.1');
    const { offset, shift } = await now();
    expect(Math.abs(offset!)).to.be.below(1000);
    expect(shift).to.equal(null);
  });

  it('brings the clock home when ssh cannot be started', async () => {
    const words = ['idrac', 'connect', host(0), '--via', 'jump', '--no-shell'];
    const { code, stderr } = await lab.pmx(words, { env: { PATH: lab.file('nothing') } });
    expect(code).to.equal(2);
    expect(stderr).to.include('PMX_PROGRAM_MISSING');
    const { offset, shift } = await now();
    expect(Math.abs(offset!)).to.be.below(1000);
    expect(shift).to.equal(null);
  });

  it('touches no clock for a certificate that is valid now', async () => {
    const words = ['idrac', 'connect', host(1), '--via', 'jump', '--no-shell'];
    const { code, stderr } = await lab.pmx([...words, '--local-port', '9443'], { env: ssh(0) });
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include('no clock is touched');
    expect(readFileSync(lab.file('words'), 'utf8'))
      .to.include('[-N]')
      .and.to.include(':9443:');
    const [meanwhile] = JSON.parse(readFileSync(lab.file('meanwhile.json'), 'utf8')) as Status[];
    expect(Math.abs(meanwhile!.offset!)).to.be.below(1000);
  });
});
