import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab, outcomeOf } from '../support.ts';

interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
  encoding: 'utf8' | 'base64';
  truncated: boolean;
}

describe('pmx vm exec', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--task-millis', '0');
    await lab.template('base');
    for (const name of ['web-01', 'web-02'])
      await lab.json('vm', 'create', name, '--template', 'base', '--start');
    await lab.json('vm', 'create', 'off', '--template', 'base');
  });

  after(() => lab.stop());

  const exec = (...words: string[]): ReturnType<Lab['pmx']> => lab.pmx(['vm', 'exec', ...words]);

  it('hands on both outputs and the exit code, and nothing else', async () => {
    const outcome = await exec('web-01', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7');
    expect(outcome).to.deep.equal({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('flags behind the dashes are those of the program', async () => {
    const { code, stdout } = await exec('web-01', '--', 'echo', '--json', '-n', '--yes');
    expect([code, stdout]).to.deep.equal([0, '--json -n --yes\n']);
  });

  it('hands bytes in and out as they are', async () => {
    const child = lab.spawn(['vm', 'exec', 'web-01', '--', 'cat']);
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    child.stdin!.end(all);
    const parts: Buffer[] = [];
    child.stdout!.on('data', (part: Buffer) => parts.push(part));
    await new Promise((resolve) => child.on('close', resolve));
    expect(Buffer.concat(parts).equals(all)).to.equal(true);
  });

  it('--no-stdin gives it none; a pipe that nobody closes does not hold it up then', async () => {
    const child = lab.spawn(['vm', 'exec', 'web-01', '--no-stdin', '--', 'cat']);
    const { code, stdout } = await outcomeOf(child);
    child.stdin!.end();
    expect([code, stdout]).to.deep.equal([0, '']);
  });

  it('--json: one document, bytes that are no text in base64', async () => {
    const text = JSON.parse((await exec('web-01', '--json', '--', 'echo', 'grün')).stdout) as Ran;
    expect(text).to.include({ exitCode: 0, stdout: 'grün\n', encoding: 'utf8', truncated: false });
    const { stdout } = await lab.pmx(
      ['vm', 'exec', 'web-01', '--json', '--', 'head', '-c', '3', '/dev/zero'],
      { input: '' },
    );
    expect(JSON.parse(stdout)).to.include({ stdout: '\0\0\0', encoding: 'utf8' });
    const child = lab.spawn(['vm', 'exec', 'web-01', '--json', '--', 'cat']);
    child.stdin!.end(Buffer.from([0xff, 0xfe]));
    expect(JSON.parse((await outcomeOf(child)).stdout)).to.include({
      stdout: '//4=',
      encoding: 'base64',
    });
  });

  it('--json keeps the exit code of the program in the document and in the process', async () => {
    const { code, stdout } = await lab.pmx(['vm', 'exec', 'web-01', '--json', '--', 'false']);
    expect(code).to.equal(1);
    expect(JSON.parse(stdout)).to.include({ exitCode: 1 });
  });

  it('several VMs: names in front of lines, 3 when one of them failed', async () => {
    const good = await exec('web-*', '--', 'hostname');
    expect(good.code).to.equal(0);
    expect(good.stdout.split('\n').sort()).to.deep.equal(['', 'web-01: web-01', 'web-02: web-02']);
    const mixed = await exec('web-01', 'off', '--', 'hostname');
    expect(mixed.code).to.equal(3);
    expect(mixed.stdout).to.equal('web-01: web-01\n');
    expect(mixed.stderr).to.match(/off.*is not running/);
    const bad = await lab.pmx(['vm', 'exec', 'web-*', '--json', '--', 'false']);
    expect(bad.code).to.equal(3);
    const { error } = JSON.parse(bad.stdout) as {
      error: { code: string; data: { results: Array<{ result: Ran }> } };
    };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    expect(error.data.results.map(({ result }) => result.exitCode)).to.deep.equal([1, 1]);
  });

  it('a program that is not there, an agent that is not there', async () => {
    const missing = await exec('web-01', '--', 'nosuchprogram');
    expect(missing.code).to.equal(3);
    expect(missing.stderr).to.include('PMX_GUEST_PROGRAM_NOT_FOUND');
    const off = await exec('off', '--', 'true');
    expect(off.code).to.equal(3);
    expect(off.stderr).to.include('PMX_AGENT_UNAVAILABLE').and.include('pmx vm start');
  });

  it('bad words are told before anything is sent', async () => {
    const writes = lab.writes();
    for (const [words, code] of [
      [['web-01'], 'PMX_COMMAND_MISSING'],
      [['web-01', 'hostname'], 'PMX_COMMAND_MISSING'],
      [['--', 'hostname'], 'PMX_NO_TARGET'],
      [['nosuch', '--', 'hostname'], 'PMX_VM_NOT_FOUND'],
      [['base', '--', 'hostname'], 'PMX_VM_NOT_FOUND'],
    ] as const) {
      const { code: exit, stderr } = await exec(...words);
      expect(exit, words.join(' ')).to.equal(1);
      expect(stderr).to.include(code);
    }
    const { code, stderr } = await lab.pmx(['vm', 'exec', 'web-01', '--', 'cat'], {
      input: 'x'.repeat(65_537),
    });
    expect([code, stderr.includes('PMX_INPUT_TOO_LARGE')]).to.deep.equal([1, true]);
    expect(lab.writes()).to.equal(writes);
  });

  it('--timeout: says that the program goes on, and as what', async () => {
    const { code, stderr } = await exec('web-01', '--timeout', '1', '--', 'sleep', '30');
    expect(code).to.equal(2);
    expect(stderr)
      .to.include('PMX_GUEST_COMMAND_TIMEOUT')
      .and.match(/kill \d+/);
  });

  it('Ctrl-C: ends with 130 and says that the program goes on', async () => {
    const child = lab.spawn(['vm', 'exec', 'web-01', '--no-stdin', '--', 'sleep', '30']);
    const outcome = outcomeOf(child);
    const started = lab.writes();
    while (lab.writes() === started) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const { code, stderr } = await outcome;
    expect(code).to.equal(130);
    expect(stderr).to.match(/goes on in the guest as process \d+/);
    // It is told at once, not when the program has ended.
    const [last] = await lab.json<Array<{ status: string }>>('op', 'list', '--limit', '1');
    expect(last!.status).to.equal('interrupted');
  });

  it('a lost answer is not sent again', async () => {
    await lab.json(
      ...['sandbox', 'fault', 'add', '--action', 'reset', '--after', '--times', '1'],
      ...['--method', 'POST', '--path', '/nodes/*/qemu/*/agent/exec'],
    );
    const before = lab.writes();
    const { code, stderr } = await exec('web-01', '--', 'hostname');
    expect(code).to.equal(2);
    expect(stderr).to.include('PMX_OUTCOME_UNKNOWN');
    const sent = lab.requests().filter(({ method, path }) => {
      return method === 'POST' && path.endsWith('/agent/exec');
    });
    expect(lab.writes() - before).to.equal(1);
    expect(sent.length).to.be.greaterThan(0);
    await lab.json('sandbox', 'fault', 'clear');
  });

  it('neither arguments nor input nor output are written anywhere', async () => {
    const words = ['canary-argument-1', 'canary-input-2', 'canary-output-3'];
    const { code, stdout } = await lab.pmx(
      ['vm', 'exec', 'web-01', '--', 'sh', '-c', 'echo canary-output-3', 'sh', words[0]!],
      { input: words[1]! },
    );
    expect([code, stdout]).to.deep.equal([0, 'canary-output-3\n']);
    const dry = await lab.pmx(['vm', 'exec', 'web-01', '--dry-run', '--', 'echo', words[0]!]);
    expect(dry.stdout).to.include('dry run, nothing is changed').and.not.include(words[0]);
    const base = lab.file('state');
    const files = readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files).to.not.be.empty;
    for (const file of files)
      for (const word of words) expect(readFileSync(file, 'utf8'), file).to.not.include(word);
  });
});
