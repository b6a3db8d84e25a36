import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type LogLevel, logLevels, type LogSettings, logSettings } from '@pmx-cli/kit';
import { expect } from 'chai';

import { LineLogger } from '#dist/lib/logging/logger.js';
import { newRequestId } from '#dist/lib/logging/request-id.js';
import { failure } from '../engine/lab.ts';

describe('log', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pmx-log-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function open(settings: Partial<LogSettings>) {
    const lines: string[] = [];
    const logger = new LineLogger({
      format: 'text',
      ...settings,
      requestId: 'r1',
      redact: (text) => text.replaceAll('hunter2', '[secret]'),
      stderr: (line) => lines.push(line),
      now: () => new Date(0),
    });
    return { logger, lines };
  }

  for (const level of logLevels) {
    it(`shows ${level} and what is graver`, () => {
      const { logger, lines } = open({ level });
      for (const one of logLevels) logger[one](`a ${one}`);
      const shown = lines.map((line) => line.split(' a ')[1]);
      expect(shown).to.deep.equal(logLevels.slice(logLevels.indexOf(level)));
    });
  }

  it('says nothing unless asked', () => {
    const { logger, lines } = open({});
    logger.error('x');
    expect(lines).to.deep.equal([]);
  });

  it('writes one line of text, secrets hidden, whatever is in it', () => {
    const { logger, lines } = open({ level: 'info' });
    logger.info('two\nlines hunter2', { path: '/a', text: 'b c', none: undefined, key: 'hunter2' });
    expect(lines).to.deep.equal([
      '1970-01-01T00:00:00.000Z INFO  [r1] two\\nlines [secret] path=/a text="b c" key=[secret]',
    ]);
  });

  it('writes JSON, secrets hidden', () => {
    const { logger, lines } = open({ level: 'trace', format: 'json' });
    logger.trace('answered hunter2', { status: 200, key: 'hunter2' });
    expect(JSON.parse(lines[0]!)).to.deep.equal({
      time: '1970-01-01T00:00:00.000Z',
      level: 'trace',
      request: 'r1',
      message: 'answered [secret]',
      status: 200,
      key: '[secret]',
    });
  });

  it('fills a file of its owner’s from debug on, without stderr', () => {
    const path = join(folder, 'deep', 'pmx.log');
    const { logger, lines } = open({ file: path });
    for (const level of logLevels) logger[level](`a ${level}`);
    expect(lines).to.deep.equal([]);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).to.have.length(4);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('fills it from trace on when that was asked for', () => {
    const path = join(folder, 'pmx.log');
    const { logger } = open({ file: path, level: 'trace' });
    logger.trace('x');
    expect(readFileSync(path, 'utf8')).to.include('TRACE');
  });

  it('a file that cannot be written is an error that names it', async () => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'pmx.log');
    const error = await failure(() => open({ file: path }).logger.debug('x'));
    expect(error).to.include({ code: 'PMX_LOG_FILE', exitCode: 2 });
    expect(error.message).to.include(path);
  });

  const cases: Array<[flags: Record<string, unknown>, level: LogLevel | undefined]> = [
    [{}, undefined],
    [{ verbose: true }, 'info'],
    [{ debug: true }, 'debug'],
    [{ debug: true, verbose: true }, 'debug'],
    [{ 'log-level': 'warn', debug: true }, 'warn'],
  ];
  for (const [flags, level] of cases) {
    it(`${JSON.stringify(flags)} asks for ${level ?? 'nothing'}`, () => {
      expect(logSettings(flags).level).to.equal(level);
    });
  }

  it('a file that cannot be written any more is said once, and breaks nothing', () => {
    const path = join(folder, 'sub', 'pmx.log');
    const { logger, lines } = open({ file: path });
    logger.info('a');
    rmSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'sub'), 'in the way');
    for (let i = 0; i < 3; i++) logger.info('b');
    expect(lines).to.deep.equal([
      `Warning: The log file ${path} cannot be written (ENOTDIR). Lines are missing in it.`,
    ]);
  });

  it('refuses an unknown level', async () => {
    const error = await failure(() => logSettings({ 'log-level': 'loud' }));
    expect(error).to.include({ code: 'PMX_LOG_LEVEL', exitCode: 1 });
  });
});

describe('request id', () => {
  it('differs from run to run', () => {
    expect(newRequestId({}))
      .to.match(/^[0-9a-f]{8}$/)
      .and.not.equal(newRequestId({}));
  });

  it('goes on with the trace of a caller', () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const env = { PMX_TRACEPARENT: `00-${trace}-b7ad6b7169203331-01` };
    expect(newRequestId(env)).to.equal(trace);
    expect(newRequestId({ PMX_TRACEPARENT: 'nonsense' })).to.match(/^[0-9a-f]{8}$/);
  });
});
