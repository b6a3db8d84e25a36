import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';
import fc from 'fast-check';

import type { PveClient } from '#dist/lib/api/types.js';
import { type AuditEntry, auditedClient, openAudit, verifyAudit } from '#dist/lib/audit/index.js';
import { AuditLog } from '#dist/lib/audit/log.js';
import { failure } from '../engine/lab.ts';

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !condition(); await sleep(5))
    if (Date.now() > end) throw new Error(`never came: ${String(condition)}`);
}

describe('audit log', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'pmx-audit-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const actor = { user: 'ann', host: 'h', pid: 1, request: 'r1', command: 'vm start' };
  const file = (): string => join(directory, 'audit.jsonl');
  const open = (more: object = {}): AuditLog =>
    new AuditLog({ directory, actor, redact: (value) => value, ...more });
  const event = (number: number) => ({
    event: 'ended' as const,
    operation: `op${number}`,
    status: 's',
  });
  const lines = (): string[] => readFileSync(file(), 'utf8').trimEnd().split('\n');

  async function filled(count: number): Promise<void> {
    const log = open();
    for (let number = 1; number <= count; number++) await log.append(event(number));
  }

  it('is a chain, private to its owner', async () => {
    await filled(3);
    const entries = lines().map((line) => JSON.parse(line) as AuditEntry);
    expect(entries.map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
    expect(entries[1]!.previous).to.equal(entries[0]!.hash);
    expect(entries[0]).to.deep.include({ actor, what: event(1), previous: '0'.repeat(64) });
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(verifyAudit(directory)).to.deep.include({
      entries: 3,
      shortened: false,
      problems: [],
      head: entries[2]!.hash,
    });
  });

  it('many writers at once make one chain', async () => {
    const writers = Array.from({ length: 8 }, () => open());
    await Promise.all(
      writers.flatMap((log) => [1, 2, 3, 4, 5].map((number) => log.append(event(number)))),
    );
    expect(verifyAudit(directory)).to.deep.include({ entries: 40, problems: [] });
  }).timeout(20_000);

  it('what comes together is written together, in its order, and each learns its own number', async () => {
    const forwarded: string[] = [];
    const log = open({ forward: (line: string) => forwarded.push(line) });
    const numbers = await Promise.all([1, 2, 3, 4, 5].map((number) => log.append(event(number))));
    expect(numbers).to.deep.equal([1, 2, 3, 4, 5]);
    const entries = lines().map((line) => JSON.parse(line) as AuditEntry);
    expect(entries.map(({ what }) => what)).to.deep.equal([1, 2, 3, 4, 5].map(event));
    expect(forwarded).to.deep.equal(lines());
    expect(await log.append(event(6))).to.equal(6);
    expect(verifyAudit(directory)).to.deep.include({ entries: 6, problems: [] });
  });

  it('when the disk refuses, everyone of the batch hears of it, and the next is tried anew', async () => {
    const log = open({ directory: join(directory, 'below') });
    writeFileSync(join(directory, 'below'), 'no directory');
    const ends = await Promise.allSettled([log.append(event(1)), log.append(event(2))]);
    expect(ends.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    rmSync(join(directory, 'below'));
    expect(await log.append(event(3))).to.equal(1);
  });

  it('rotates, and the chain goes on over the files', async () => {
    const log = open({ maxBytes: 700 });
    for (let number = 1; number <= 30; number++) await log.append(event(number));
    const files = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
    expect(files).to.have.length(6);
    const verdict = verifyAudit(directory);
    expect(verdict.problems).to.deep.equal([]);
    expect(verdict.shortened).to.equal(true);
  });

  it('goes on behind a line that a crash has cut off', async () => {
    await filled(2);
    appendFileSync(file(), '{"seq":3,"ti');
    await filled(1);
    expect(verifyAudit(directory)).to.deep.include({ entries: 3, problems: [] });
  });

  it('any changed, removed, doubled or swapped line is found', async () => {
    await filled(6);
    const whole = lines();
    fc.assert(
      fc.property(
        fc.constantFrom('change', 'remove', 'double', 'swap'),
        fc.nat({ max: 4 }),
        fc.nat({ max: 200 }),
        (way, at, position) => {
          const damaged = [...whole];
          if (way === 'remove') damaged.splice(at, 1);
          if (way === 'double') damaged.splice(at, 0, damaged[at]!);
          if (way === 'swap') damaged.splice(at, 2, damaged[at + 1]!, damaged[at]!);
          if (way === 'change') {
            const line = damaged[at]!;
            const place = position % line.length;
            const other = line[place] === 'x' ? 'y' : 'x';
            damaged[at] = line.slice(0, place) + other + line.slice(place + 1);
          }
          writeFileSync(file(), `${damaged.join('\n')}\n`);
          const { problems, shortened } = verifyAudit(directory);
          // What is left after the first lines were removed is a chain that does not begin at its beginning.
          expect(problems.length > 0 || (way === 'remove' && at === 0 && shortened)).to.equal(true);
        },
      ),
    );
  });

  it('a cut-off end is found by a hash that was kept elsewhere', async () => {
    await filled(3);
    const { head } = verifyAudit(directory);
    writeFileSync(file(), `${lines().slice(0, 2).join('\n')}\n`);
    expect(verifyAudit(directory).problems).to.deep.equal([]);
    expect(verifyAudit(directory, head).problems[0]!.problem).to.include('cut off');
  });

  it('every write is there before it is sent and after it was answered; no values', async () => {
    const log = open();
    const client = {
      user: 'root@pam!x',
      get: async () => 'read',
      async send(_method: string, path: string) {
        if (path === '/no') throw new ProxmoxError({ code: 'PMX_API_ERROR', message: 'no' });
        if (path === '/lost')
          throw new SurroundingsError({ code: 'PMX_ANSWER_LOST', message: 'lost' });
        expect(lines().at(-1)).to.include('"event":"sent"');
        return 'UPID:pve1:1';
      },
      upload: async () => 'UPID:pve1:2',
    } as unknown as PveClient;
    const audited = auditedClient(client, log, 'https://pve1:8006');
    expect(await audited.get('/version')).to.equal('read');
    await audited.send('POST', '/vms', { cipassword: 'hunter2secret', vmid: 1 });
    await failure(() => audited.send('DELETE', '/no'));
    await failure(() => audited.send('PUT', '/lost'));
    await audited.upload({ node: 'n', storage: 's' } as never);
    const entries = lines().map((line) => JSON.parse(line) as AuditEntry);
    expect(entries.map(({ what }) => what)).to.deep.equal([
      { event: 'sent', method: 'POST', path: '/vms', parameters: ['cipassword', 'vmid'] },
      { event: 'answered', sent: 1, upid: 'UPID:pve1:1' },
      { event: 'sent', method: 'DELETE', path: '/no', parameters: [] },
      { event: 'refused', sent: 3, code: 'PMX_API_ERROR', message: 'no' },
      { event: 'sent', method: 'PUT', path: '/lost', parameters: [] },
      { event: 'unanswered', sent: 5, code: 'PMX_ANSWER_LOST', message: 'lost' },
      {
        event: 'sent',
        method: 'POST',
        path: '/nodes/n/storage/s/upload',
        parameters: ['content', 'filename'],
      },
      { event: 'answered', sent: 7, upid: 'UPID:pve1:2' },
    ]);
    expect(entries[0]).to.deep.include({ identity: 'root@pam!x', endpoint: 'https://pve1:8006' });
    expect(readFileSync(file(), 'utf8')).to.not.include('hunter2secret');
  });

  it('names the endpoint that was used, not the first of the context', async () => {
    let used = 'https://pve1:8006';
    const client = {
      user: 'root@pam',
      endpoint: () => used,
      async send() {
        used = 'https://pve2:8006';
        return null;
      },
    } as unknown as PveClient;
    const audited = auditedClient(client, open(), 'https://pve0:8006');
    await audited.send('POST', '/pools');
    await audited.send('POST', '/pools');
    const entries = lines().map((line) => JSON.parse(line) as AuditEntry);
    expect(entries.map(({ endpoint }) => endpoint)).to.deep.equal([
      'https://pve1:8006',
      ...Array.from({ length: 3 }, () => 'https://pve2:8006'),
    ]);
  });

  describe('opened for a command', () => {
    const warnings: string[] = [];
    beforeEach(() => void (warnings.length = 0));
    const audit = (
      more: { enabled?: boolean; syslog?: string; env?: NodeJS.ProcessEnv } = {},
      at = directory,
    ) =>
      openAudit({
        enabled: true,
        directory: at,
        command: 'vm start',
        requestId: 'r1',
        redact: (value) => value,
        warn: (text) => warnings.push(text),
        ...more,
      });

    it('writes nothing where it is off', async () => {
      await audit({ enabled: false }).append(event(1));
      expect(readdirSync(directory)).to.deep.equal([]);
    });

    it('names the one behind sudo', async () => {
      await audit({ env: { SUDO_USER: 'ann' } }).append(event(1));
      expect((JSON.parse(lines()[0]!) as AuditEntry).actor.user).to.match(/\(sudo by ann\)$/);
    });

    it('where it cannot be written, it warns once and the work goes on', async () => {
      writeFileSync(join(directory, 'file'), '');
      const log = audit({}, join(directory, 'file', 'below'));
      await log.append(event(1));
      await log.append(event(2));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include(join(directory, 'file', 'below'));
    });

    it('sends a copy to a syslog server', async () => {
      const server = createSocket('udp4');
      try {
        server.bind(0, '127.0.0.1');
        await once(server, 'listening');
        const received = once(server, 'message') as Promise<[Buffer]>;
        const target = `udp://127.0.0.1:${server.address().port}`;
        await audit({ syslog: target }).append(event(1));
        const [message] = await received;
        expect(message.toString()).to.match(/^<110>1 \S+ \S+ pmx \d+ audit - \{"seq":1,/);
      } finally {
        server.close();
      }
    });

    describe('a syslog server over TCP', () => {
      const listen = async (
        onConnection: (socket: Socket) => void,
      ): Promise<{ server: Server; target: string }> => {
        const server = createServer(onConnection).listen(0, '127.0.0.1');
        await once(server, 'listening');
        return { server, target: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` };
      };

      /** Takes a stream apart as RFC 6587, 3.4.1 says: "LENGTH MESSAGE", nothing between two. */
      const messagesIn = (stream: Buffer): string[] => {
        const messages: string[] = [];
        for (let rest = stream; rest.length > 0;) {
          const space = rest.indexOf(' ');
          const length = Number(rest.subarray(0, space).toString());
          expect(length, rest.toString()).to.be.greaterThan(0);
          messages.push(rest.subarray(space + 1, space + 1 + length).toString());
          rest = rest.subarray(space + 1 + length);
        }
        return messages;
      };

      it('gets every entry in order, on one connection, counted in bytes', async () => {
        let stream = Buffer.alloc(0);
        let connections = 0;
        const sockets: Socket[] = [];
        const { server, target } = await listen((socket) => {
          connections++;
          sockets.push(socket);
          socket.on('data', (data) => (stream = Buffer.concat([stream, data])));
        });
        try {
          const log = audit({ syslog: target });
          await log.append({ ...event(1), operation: 'Grün' });
          await log.append(event(2));
          await log.append(event(3));
          await until(() => stream.includes('"seq":3'));
          const messages = messagesIn(stream);
          expect(messages).to.have.length(3);
          for (const [index, message] of messages.entries())
            expect(message).to.match(
              new RegExp(`^<110>1 \\S+ \\S+ pmx \\d+ audit - \\{"seq":${index + 1},.*\\}$`),
            );
          expect(messages[0]).to.include('Grün');
          expect(connections).to.equal(1);
        } finally {
          for (const socket of sockets) socket.destroy();
          server.close();
        }
      });

      it('that went away is warned about once, and the work goes on', async () => {
        const { server, target } = await listen(() => undefined);
        server.close();
        await once(server, 'close');
        const log = audit({ syslog: target });
        await log.append(event(1));
        await until(() => warnings.length > 0);
        await log.append(event(2));
        expect(lines()).to.have.length(2);
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.include(target).and.to.include('cannot be reached');
      });

      it('does not keep a command from ending', async () => {
        const sockets: Socket[] = [];
        let stream = '';
        const { server, target } = await listen((socket) => {
          sockets.push(socket);
          socket.on('error', () => undefined).on('data', (data) => (stream += data.toString()));
        });
        const module = import.meta.resolve('#dist/lib/audit/syslog.js');
        const child = spawn(process.execPath, [
          '--input-type=module',
          '-e',
          `import { syslogSender } from '${module}';
           syslogSender('${target}', console.error)('the entry');`,
        ]);
        const [code] = (await once(child, 'exit')) as [number];
        expect(code).to.equal(0);
        await until(() => stream.includes('the entry'));
        for (const socket of sockets) socket.destroy();
        server.close();
      });
    });

    for (const target of ['127.0.0.1', 'tls://127.0.0.1', 'unix:///dev/log', 'udp://', 'tcp://']) {
      it(`refuses the syslog server ${target}`, async () => {
        const error = await failure(() => audit({ syslog: target }));
        expect(error).to.include({ code: 'PMX_SYSLOG', exitCode: 1 });
        expect(error.message).to.include(target);
      });
    }
  });
});
