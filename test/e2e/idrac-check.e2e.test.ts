import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';

import { inLanes } from '#dist/lib/bmc/index.js';
import { check, type CheckReport } from '#dist/lib/operations/idrac/check.js';

import { startPersonas } from '../../plugins/sandbox/dist/server/idrac/index.js';
import type {
  CertificateKind,
  Generation,
  RunningPersona,
} from '../../plugins/sandbox/dist/server/idrac/index.js';
import { Home, outcomeOf } from './support.ts';

const password = 'not-calvin-4711';
const generations: Generation[] = ['6', '7', '8', '9-old', '9', '10'];
const kinds: Array<CertificateKind | undefined> = [
  undefined,
  'healthy',
  'expired',
  'not-yet-valid',
  'weak-sha1',
  'weak-1024',
  'wrong-name',
  'self-signed-expired',
];

/** What each certificate brings, whatever the generation. */
const byKind: Record<string, string[]> = {
  factory: ['default-cert'],
  healthy: [],
  expired: ['cert-expired'],
  'not-yet-valid': ['cert-not-yet-valid'],
  'weak-sha1': ['sig-weak'],
  'weak-1024': ['key-weak', 'self-signed'],
  // By address nobody expects a name.
  'wrong-name': [],
  'self-signed-expired': ['cert-expired', 'default-cert'],
};

function expected(generation: Generation, kind: CertificateKind | undefined): string[] {
  const found = [...byKind[kind ?? 'factory']!];
  if (generation === '8') found.push('hsts');
  if (generation === '9-old') found.push('fw-old');
  // The firmware of 6 makes RSA 1024 with SHA-1, and has nothing better than DHE to go with it.
  if (generation === '6' && (kind === undefined || kind === 'self-signed-expired'))
    found.push('key-weak', 'sig-weak', 'tls-weak');
  if (generation === '6' && kind === 'weak-1024') found.push('tls-weak');
  return found.sort();
}

interface Persona {
  generation: Generation;
  certificate: CertificateKind | undefined;
  running: RunningPersona;
}

describe('idrac check', function () {
  this.timeout(60_000);
  let home: Home;
  let personas: Persona[];
  let close: () => Promise<void>;
  const all = (): string[] => personas.map(({ running }) => `127.0.0.1:${running.port}`);
  const one = (generation: Generation, certificate?: CertificateKind): string =>
    `127.0.0.1:${personas.find((persona) => persona.generation === generation && persona.certificate === certificate)!.running.port}`;

  before(async () => {
    home = new Home();
    const wanted = generations.flatMap((generation) =>
      kinds.map((certificate) => ({ generation, certificate })),
    );
    const started = await startPersonas(
      wanted.map(({ generation, certificate }) => ({
        generation,
        password,
        // One wrong login would show.
        lockoutAfter: 1,
        sessionLimit: 1,
        ...(certificate && { certificate }),
      })),
    );
    close = started.close;
    personas = wanted.map((persona, at) => ({ ...persona, running: started.personas[at]! }));
  });

  after(async () => {
    await close();
    home.remove();
  });

  it('finds at every persona what is wrong, and nothing else', async () => {
    const { code, stdout } = await home.pmx(['idrac', 'check', ...all(), '--json']);
    expect(code).to.equal(3);
    const report = JSON.parse(stdout) as CheckReport;
    const got = report.hosts.map(({ findings }) =>
      findings
        .map(({ id }) => id)
        .sort()
        .join(' '),
    );
    const want = personas.map(({ generation, certificate }) =>
      expected(generation, certificate).join(' '),
    );
    const label = personas.map(({ generation, certificate }) => `${generation}:${certificate}`);
    expect(label.map((name, at) => `${name} ${got[at]}`)).to.deep.equal(
      label.map((name, at) => `${name} ${want[at]}`),
    );
    report.hosts.forEach((host, at) => {
      const { generation, running } = personas[at]!;
      expect(host.port).to.equal(running.port);
      expect(host.generation).to.equal(Number.parseInt(generation, 10));
      expect(host.cert?.sha256).to.equal(running.fingerprint);
      expect(host.firmware).to.equal(generation === '10' ? null : running.firmware);
      expect(host.serviceTag).to.equal(generation === '6' ? null : running.serviceTag);
      expect(Math.abs(host.clock!.skewSeconds)).to.be.at.most(2);
    });
    expect(report.summary).to.include({ total: 48, critical: 18, unknown: 0 });
    expect(report.window.groups).to.have.length(2);
  });

  it('leaves lockout counters and sessions of every persona alone, in 100 runs', async () => {
    const targets = personas.map(({ running }) => ({ host: '127.0.0.1', port: running.port }));
    const run = (): Promise<CheckReport> =>
      check({
        targets,
        thresholds: { warnDays: 30, critDays: 14 },
        parallel: 16,
        bmc: true,
        deep: false,
        pins: {},
        signal: new AbortController().signal,
      });
    const reports = await inLanes(Array.from({ length: 100 }), 2, run);
    expect(reports.every(({ summary }) => summary.unknown === 0)).to.equal(true);
    // The command itself, and all that the tests before did.
    await home.pmx(['idrac', 'check', ...all()]);
    const touched = personas.filter(
      ({ running: { logins, openSessions } }) =>
        logins.right + logins.wrong + openSessions > 0 || logins.locked,
    );
    expect(touched).to.deep.equal([]);
    for (const { running, generation } of personas.filter(
      (persona) => persona.certificate === undefined,
    )) {
      const { session, blocked } = await login(running, generation);
      // A single counted failure blocks, and a single open session fills it.
      expect({ generation, blocked, session }).to.deep.equal({
        generation,
        blocked: false,
        session: true,
      });
    }
  });

  it('answers in words a person can act on, each host as it comes', async () => {
    const { code, stdout } = await home.pmx(['idrac', 'check', one('8', 'expired')]);
    expect(code).to.equal(3);
    expect(stdout)
      .to.include('iDRAC8')
      .and.to.include('2.86.86.86')
      .and.to.include('critical cert-expired: The certificate ended on ')
      .and.to.include('→ racadm -r 127.0.0.1 -i sslresetcfg')
      .and.to.include('A clock at ')
      .and.to.include('1 hosts: 1 critical');
  });

  it('has exit codes of its own and, on request, those of monitoring plugins', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const port = (silent.address() as AddressInfo).port;
    await new Promise((resolve) => silent.close(resolve));
    const closed = `127.0.0.1:${port}`;
    const rows: Array<[string[], number]> = [
      [[one('9', 'healthy')], 0],
      [[one('9', 'weak-sha1')], 0],
      [[one('9', 'weak-sha1'), '--fail-on', 'warning'], 3],
      [[one('9', 'expired')], 3],
      [[one('9', 'expired'), '--fail-on', 'never'], 0],
      [[closed], 3],
      [[one('9', 'healthy'), '--nagios'], 0],
      [[one('9', 'weak-sha1'), '--nagios'], 1],
      [[one('9', 'expired'), closed, '--nagios'], 2],
      [[closed, '--nagios'], 3],
    ];
    const codes = await inLanes(rows, 3, async ([words]) => home.pmx(['idrac', 'check', ...words]));
    expect(codes.map(({ code }) => code)).to.deep.equal(rows.map(([, code]) => code));
    expect(codes[6]!.stdout).to.match(
      /^OK - 127\.0\.0\.1:\d+ without findings \| days=\d+;30;14\n$/,
    );
    expect(codes[8]!.stdout).to.match(/^CRITICAL - /);
  });

  it('writes metrics and reports', async () => {
    const host = one('8', 'expired');
    const metrics = await home.pmx(['idrac', 'check', host, '--prometheus']);
    expect(metrics.stdout)
      .to.match(/^pmx_bmc_certificate_not_after_seconds\{host="127\.0\.0\.1",port="\d+"\} \d{10}$/m)
      .and.to.match(/^pmx_bmc_finding\{.*id="cert-expired",severity="critical"\} 1$/m);
    const file = home.file('idracs.md');
    await home.pmx(['idrac', 'check', host, '--report', file]);
    expect(readFileSync(file, 'utf8')).to.include('| critical | iDRAC8 | 2.86.86.86 |');
    const table = home.file('idracs.csv');
    await home.pmx(['idrac', 'check', host, '--report', table]);
    expect(readFileSync(table, 'utf8').split('\n')[1]).to.match(
      /^127\.0\.0\.1,\d+,critical,Dell,8,/,
    );
  });

  it('reads hosts from files and standard input, each once', async () => {
    const file = home.file('hosts.csv');
    const { port } = personas[0]!.running;
    writeFileSync(file, `host,port\n127.0.0.1,${port}\n127.0.0.1,${port}\n`);
    const { stdout, stderr } = await home.pmx(['idrac', 'check', '-f', file]);
    expect(stdout).to.include('1 hosts:');
    expect(stderr).to.include('1 named more than once is looked at once.');
    const piped = await home.pmx(['net', 'check', '-', '--json'], {
      input: all().slice(0, 3).join('\n'),
    });
    const report = JSON.parse(piped.stdout) as CheckReport;
    expect(report.hosts.map(({ generation }) => generation)).to.deep.equal([null, null, null]);
    expect(report.hosts[0]!.findings.map(({ id }) => id)).to.include('key-weak');
    expect(report.hosts[0]!.findings.map(({ id }) => id)).not.to.include('default-cert');
  });

  it('finds with --deep which versions are spoken', async () => {
    const report = JSON.parse(
      (await home.pmx(['idrac', 'check', one('9'), one('9-old'), one('6'), '--deep', '--json']))
        .stdout,
    ) as CheckReport;
    expect(report.hosts.map(({ tls }) => tls!.versions)).to.deep.equal([
      ['TLSv1.2', 'TLSv1.3'],
      ['TLSv1.1', 'TLSv1.2'],
      ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
    ]);
  });

  it('keeps to its deadline and still tells what is known', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const { code, stdout } = await home.pmx([
      ...['idrac', 'check', one('9', 'healthy'), `127.0.0.1:${port}`],
      ...['--deadline', '1s', '--json'],
    ]);
    mute.close();
    expect(code).to.equal(3);
    const { hosts } = JSON.parse(stdout) as CheckReport;
    expect(hosts.map(({ status }) => status)).to.deep.equal(['ok', 'unknown']);
    expect(hosts[1]!.findings[0]).to.include({ id: 'not-checked' });
  });

  it('tells each host as it comes with -o jsonl, and the sum at the end', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const words = ['idrac', 'check', `127.0.0.1:${port}`, one('9', 'healthy'), '-o', 'jsonl'];
    const child = home.spawn([...words, '--deadline', '4s']);
    child.stdin!.end();
    let early = '';
    child.stdout!.once('data', (part: Buffer) => {
      early = part.toString();
      // The other one is still waited for.
      expect(child.exitCode).to.equal(null);
    });
    const { stdout } = await outcomeOf(child);
    mute.close();
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(JSON.parse(early.trim())).to.deep.equal(lines[0]);
    expect(lines).to.have.length(3);
    expect(lines[0]).to.include({ status: 'ok' });
    expect(lines[1]).to.include({ status: 'unknown', port });
    expect(lines[2]).to.deep.include({ hosts: [] });
    expect((lines[2] as CheckReport).summary).to.include({ total: 2, ok: 1, unknown: 1 });
  });

  it('scans, tells who it is, and shows certificates', async () => {
    const { port } = personas[0]!.running;
    const words = ['idrac', 'scan', '127.0.0.1/32', '--port', String(port)];
    const [found] = await home.json<Array<{ generation: number; firmware: string }>>(...words);
    expect(found).to.include({ generation: 6, firmware: '2.92' });
    expect((await home.pmx([...words, '-o', 'name'])).stdout).to.equal(`127.0.0.1:${port}\n`);
    const info = await home.pmx(['idrac', 'info', one('9')]);
    expect(info.stdout).to.include('iDRAC9 (by bmc-info)').and.to.include('6.10.80.00');
    const shown = await home.pmx(['idrac', 'cert', 'show', one('6'), '--pem']);
    expect(shown.stdout).to.match(/^-----BEGIN CERTIFICATE-----\n/);
    const ends = async (span: string): Promise<number | null> =>
      (await home.pmx(['idrac', 'cert', 'show', one('9'), '--checkend', span])).code;
    expect(await ends('30d')).to.equal(0);
    expect(await ends('600w')).to.equal(1);
  });

  it('remembers certificates, notices another one, and forgets on request', async () => {
    const host = one('9', 'healthy');
    const pins = home.file('data/bmc-pins.json');
    await home.json('idrac', 'pin', host);
    const same = await home.json<CheckReport>('idrac', 'check', host);
    expect(same.hosts[0]!.findings).to.deep.equal([]);
    const stored = JSON.parse(readFileSync(pins, 'utf8')) as Record<string, string>;
    const other = 'AB:'.repeat(31) + 'AB';
    writeFileSync(pins, JSON.stringify({ ...stored, [host]: other }));
    const changed = await home.pmx(['idrac', 'check', host, '--json']);
    expect(changed.code).to.equal(3);
    expect((JSON.parse(changed.stdout) as CheckReport).hosts[0]!.findings[0]).to.include({
      id: 'cert-changed',
      severity: 'critical',
    });
    const refused = await home.pmx(['idrac', 'pin', host]);
    expect(refused).to.include({ code: 1 });
    expect(refused.stderr).to.include('PMX_PIN_DIFFERS');
    await home.json('idrac', 'pin', host, '--repin');
    expect(JSON.parse(readFileSync(pins, 'utf8'))).to.deep.equal(stored);
    await home.json('idrac', 'pin', host, '--remove');
    expect(JSON.parse(readFileSync(pins, 'utf8'))).to.deep.equal({});
    expect((await home.pmx(['idrac', 'pin', host, '--remove'])).stderr).to.include('PMX_NO_PIN');
  });

  it('finds the date that opens expired ones, and whom no date helps', async () => {
    const [old, fresh, weak] = [one('8', 'expired'), one('9', 'healthy'), one('6')];
    const report = await home.json<{
      shifts: Array<{ to: string; hosts: string[] }>;
      valid: string[];
      blocked: Array<{ host: string }>;
    }>('idrac', 'window', old, fresh, weak);
    expect(report.shifts.map(({ hosts }) => hosts)).to.deep.equal([[old]]);
    expect(report.valid).to.deep.equal([fresh]);
    expect(report.blocked.map(({ host }) => host)).to.deep.equal([weak]);
    const date = await home.pmx(['idrac', 'window', old, '--date']);
    expect(date.stdout).to.equal(`${report.shifts[0]!.to}\n`);
    const none = await home.pmx(['idrac', 'window', old, weak, '--date']);
    expect(none).to.include({ code: 1, stdout: '' });
    expect(none.stderr).to.include('PMX_SHIFT_USELESS');
  });

  it('refuses bad input before it looks at anything', async () => {
    const rows: Array<[string[], string]> = [
      [[], 'PMX_NO_BMC_HOSTS'],
      [['http://x'], 'PMX_INVALID_HOST'],
      [['10.0.0.0/16'], 'PMX_NETWORK_TOO_WIDE'],
      [['8.8.8.0/24'], 'PMX_NETWORK_PUBLIC'],
      [['10.0.0.0/40'], 'PMX_INVALID_CIDR'],
      [['x', '--warn', '7d'], 'PMX_THRESHOLDS'],
      [['x', '--report', 'r.pdf'], 'PMX_REPORT_FORMAT'],
      [['-f', 'none.txt'], 'PMX_FILE_NOT_FOUND'],
    ];
    const outcomes = await inLanes(rows, 3, ([words]) => home.pmx(['idrac', 'check', ...words]));
    expect(outcomes.map(({ code }) => code)).to.deep.equal(rows.map(() => 1));
    outcomes.forEach(({ stderr }, at) => expect(stderr).to.include(rows[at]![1]));
  });
});

/** A login over the way that the generation has. */
async function login(
  { port }: RunningPersona,
  generation: Generation,
): Promise<{ session: boolean; blocked: boolean }> {
  const { request } = await import('node:https');
  const six = generation === '6';
  const old = ['7', '8'].includes(generation);
  const path = six
    ? '/data/login'
    : old
      ? '/redfish/v1/Sessions'
      : '/redfish/v1/SessionService/Sessions';
  const body = six
    ? `user=root&password=${password}`
    : JSON.stringify({ UserName: 'root', Password: password });
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path, method: 'POST', rejectUnauthorized: false },
        ...{ minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' },
        headers: { 'Content-Type': six ? 'application/x-www-form-urlencoded' : 'application/json' },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({
            session: six ? text.includes('<authResult>0<') : response.statusCode === 201,
            blocked: [401, 403].includes(response.statusCode!),
          }),
        );
      },
    );
    sent.on('error', reject).end(body);
  });
}
