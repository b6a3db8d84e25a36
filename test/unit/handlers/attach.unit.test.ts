import { expect } from 'chai';

import { processAttach } from '#dist/lib/operations/engine/handlers/attach.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { contextFor } from './context.ts';
import { existsSync, readFileSync } from 'node:fs';

describe('process.attach', () => {
  const folder = useFolder();
  const script = (text: string): { program: string; arguments: string[]; hint: string } => ({
    program: process.execPath,
    arguments: ['-e', text],
    hint: 'Install it.',
  });
  const run = (args: Parameters<typeof processAttach.run>[0]) =>
    processAttach.run(args, contextFor(new FakePve()));

  for (const code of [0, 1, 77, 255])
    it(`hands on exit code ${code}`, async () => {
      expect(await run(script(`process.exit(${code})`))).to.deep.equal({ exitCode: code });
    });

  it('a signal that ended it is 128 and its number', async () => {
    expect(
      await run(script("process.kill(process.pid, 'SIGTERM'); setTimeout(() => 0, 9999)")),
    ).to.deep.equal({ exitCode: 143 });
  });

  it('arguments that are held go to the program and nowhere else', async () => {
    const context = contextFor(new FakePve());
    context.held['word'] = 'two words';
    const file = folder.file('seen');
    await processAttach.run(
      {
        ...script(`require('fs').writeFileSync(${JSON.stringify(file)}, process.argv[1])`),
        arguments: [
          '-e',
          `require('fs').writeFileSync(${JSON.stringify(file)}, process.argv[1])`,
          { $secret: 'word' },
        ],
      },
      context,
    );
    expect(readFileSync(file, 'utf8')).to.equal('two words');
    expect(context.reports).to.deep.equal([]);
  });

  it('its environment is ours and what the step adds', async () => {
    const file = folder.file('seen');
    const text = `require('fs').writeFileSync(${JSON.stringify(file)}, [process.env.PMX_EVENT_X, typeof process.env.PATH].join())`;
    await run({ ...script(text), env: { PMX_EVENT_X: 'yes' } });
    expect(readFileSync(file, 'utf8')).to.equal('yes,string');
  });

  it('one that must succeed is an error when it does not', async () => {
    expect(await run({ ...script(''), mustSucceed: true })).to.deep.equal({ exitCode: 0 });
    const error = await failure(() => run({ ...script('process.exit(3)'), mustSucceed: true }));
    expect(error).to.include({ code: 'PMX_PROGRAM_FAILED', exitCode: 2 });
    expect(error.message).to.include('ended with 3');
  });

  it('a program that is not there is told, with what to do', async () => {
    const missing = { ...script(''), program: folder.file('nosuch') };
    const error = await failure(() => run(missing));
    expect(error).to.include({ code: 'PMX_PROGRAM_MISSING', exitCode: 2 });
    expect(error.message).to.include('not installed');
    const noProgram = await failure(() => run({ ...missing, program: folder.put('plain', '') }));
    expect(noProgram.message).to.include('EACCES');
  });

  it('a SIGTERM that is meant for pmx goes to the program', async () => {
    const file = folder.file('ready');
    const before = process.listenerCount('SIGTERM');
    const running = run(
      script(
        `process.on('SIGTERM', () => process.exit(9)); require('fs').writeFileSync(${JSON.stringify(file)}, ''); setInterval(() => 0, 1000)`,
      ),
    );
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
    process.emit('SIGTERM');
    expect(await running).to.deep.equal({ exitCode: 9 });
    expect(process.listenerCount('SIGTERM')).to.equal(before);
  });

  it('nobody can tell afterwards how it ended', async () => {
    const error = await failure(() => processAttach.recover(script(''), contextFor(new FakePve())));
    expect(error).to.include({ code: 'PMX_OUTCOME_UNKNOWN' });
  });
});
