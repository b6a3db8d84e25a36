import { Errors } from '@oclif/core';
import { expect } from 'chai';

import {
  errorDocument,
  errorText,
  ExitCode,
  exitCodeTable,
  findHost,
  InterruptedError,
  isPmxError,
  normalizeError,
  type PmxHost,
  ProxmoxError,
  registerHost,
  RequestError,
  SurroundingsError,
} from '../dist/index.js';
import { thrownBy } from './failure.ts';

const options = { code: 'PMX_X', message: 'It failed.', hints: ['Do this.', 'Or that.'] };

describe('kit: errors', () => {
  for (const [error, exitCode, name] of [
    [new RequestError(options), 1, 'RequestError'],
    [new SurroundingsError(options), 2, 'SurroundingsError'],
    [new ProxmoxError(options), 3, 'ProxmoxError'],
    [new InterruptedError(options), 130, 'InterruptedError'],
  ] as const) {
    it(`${name} exits ${exitCode}`, () => {
      expect(error).to.include({ exitCode, name, code: 'PMX_X' });
      expect(error.oclif).to.deep.equal({ exit: exitCode });
      expect(normalizeError(error)).to.equal(error);
    });
  }

  it('has one row in the table for each exit code', () => {
    expect(exitCodeTable.map(({ code, name }) => [name, code])).to.deep.equal(
      Object.entries(ExitCode),
    );
    for (const { meaning } of exitCodeTable) expect(meaning).to.match(/^[A-Z].*\.$/);
  });

  it('knows an interruption without being told what to say', () => {
    expect(new InterruptedError()).to.include({ code: 'PMX_INTERRUPTED', message: 'Interrupted.' });
  });

  it('recognises errors of another copy of kit by their shape', () => {
    const foreign = Object.assign(new Error('Not there.'), {
      code: 'ACME_NOT_FOUND',
      exitCode: 3,
      hints: ['Look elsewhere.'],
    });
    expect(isPmxError(foreign)).to.equal(true);
    expect(normalizeError(foreign)).to.equal(foreign);
  });

  it('takes a full disk for what it is, wherever it was noticed', () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), {
      code: 'ENOSPC',
      path: '/a/b',
    });
    expect(normalizeError(full)).to.include({ code: 'PMX_DISK_FULL', exitCode: 2 });
    expect(normalizeError(full).message).to.include('/a/b');
  });

  for (const [what, thrown] of [
    ['an error without hints', Object.assign(new Error('x'), { code: 'A', exitCode: 1 })],
    ['an error without exit code', Object.assign(new Error('x'), { code: 'A', hints: [] })],
    ['an error of Node', Object.assign(new Error('x'), { code: 'ENOENT', errno: -2 })],
    ['no error at all', { code: 'A', exitCode: 1, hints: [], message: 'x' }],
  ] as const) {
    it(`does not take ${what} for one of ours`, () => {
      expect(isPmxError(thrown)).to.equal(false);
      expect(normalizeError(thrown)).to.include({ code: 'PMX_BUG', exitCode: 2 });
    });
  }

  it('makes oclif’s errors requests, and keeps argv and configuration out of them', () => {
    const parse = { input: { argv: ['--password', 'hunter2'] }, output: {} };
    const thrown = Object.assign(
      new Errors.CLIError('Nonexistent flag: --x=2s\nSee more help with --help'),
      {
        parse,
      },
    );
    const error = normalizeError(thrown);
    expect(error).to.include({ code: 'PMX_USAGE', exitCode: 1, message: 'Nonexistent flag: --x' });
    expect(error.hints).to.deep.equal(['Add --help to see what this command takes.']);
    const document = errorDocument(error);
    expect(Object.keys(document.error)).to.have.members(['code', 'message', 'hints', 'exitCode']);
    expect(
      JSON.stringify(document) + errorText(error, { stack: true, requestId: 'r1' }),
    ).to.not.contain('hunter2');
  });

  it('undoes what oclif adds to the message of a flag’s own error', () => {
    const own = new RequestError({ code: 'PMX_INVALID_VMID', message: 'VMID is bad.' });
    own.message = `Parsing --vmid \n\t${own.message}\nSee more help with --help`;
    expect(normalizeError(own)).to.equal(own);
    expect(own.message).to.equal('VMID is bad.');
  });

  for (const [message, shown] of [
    [
      'The following error occurred:\n  \u001b[2mMissing required flag vmid\u001b[22m\nSee more help with --help',
      'Missing required flag vmid',
    ],
    ['The following errors occurred:\n  one\n  two\nSee more help with --help', 'one\n  two'],
    ['Unexpected argument: x\nSee more help with --help', 'Unexpected argument: x'],
  ] as const) {
    it(`shows oclif's '${shown.slice(0, 30)}' without frame and colours`, () => {
      expect(normalizeError(new Errors.CLIError(message)).message).to.equal(shown);
    });
  }

  for (const thrown of [new TypeError('x is undefined'), 'x is undefined']) {
    it(`takes ${typeof thrown === 'string' ? 'a thrown string' : 'any other error'} for a bug`, () => {
      const error = normalizeError(thrown);
      expect(error).to.include({ code: 'PMX_BUG', exitCode: 2, cause: thrown });
      expect(error.message).to.equal('Unexpected error: x is undefined');
    });
  }

  it('writes a document with data and cause only when there are any', () => {
    const full = new ProxmoxError({ ...options, data: { vmid: 101 }, cause: new Error('500 no') });
    expect(errorDocument(full)).to.deep.equal({
      error: { ...options, exitCode: 3, data: { vmid: 101 }, cause: '500 no' },
    });
    const plain = new ProxmoxError({ code: 'PMX_X', message: 'No.', cause: 'just text' });
    expect(errorDocument(plain)).to.deep.equal({
      error: { code: 'PMX_X', message: 'No.', hints: [], exitCode: 3 },
    });
    expect(errorDocument(plain, 'r1').error.requestId).to.equal('r1');
  });

  it('tells a person what happened, what to do, and the code', () => {
    expect(errorText(new RequestError(options), { stack: false, requestId: 'r1' })).to.equal(
      'Error: It failed.\n  → Do this.\n  → Or that.\n  (PMX_X, request r1)',
    );
  });

  it('adds the stacks of all causes for debugging', () => {
    const root = new Error('the root');
    const error = new ProxmoxError({ ...options, cause: new Error('the middle', { cause: root }) });
    const shown = errorText(error, { stack: true, requestId: 'r1' });
    expect(shown.indexOf('the middle')).to.be.within(1, shown.indexOf('the root'));
    expect(shown).to.contain('errors.unit.test.ts');
  });
});

describe('kit: host registry', () => {
  it('hands out the registered host, gives back the one before, and says when there is none', () => {
    const host = { apiVersion: 1, version: 'x', open: () => expect.fail() } as unknown as PmxHost;
    const before = registerHost(host);
    try {
      expect(findHost()).to.equal(host);
      expect(registerHost(undefined)).to.equal(host);
      expect(thrownBy(findHost)).to.include({ code: 'PMX_NO_HOST', exitCode: 1 });
    } finally {
      registerHost(before);
    }
  });

  it('is one registry for all copies of kit', async () => {
    const copy = (await import(`../dist/host/registry.js?copy=${process.pid}`)) as {
      findHost: typeof findHost;
    };
    const host = { apiVersion: 1, version: 'x' } as unknown as PmxHost;
    const before = registerHost(host);
    try {
      expect(copy.findHost).to.not.equal(findHost);
      expect(copy.findHost()).to.equal(host);
    } finally {
      registerHost(before);
    }
  });
});
