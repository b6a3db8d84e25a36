import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from './helper.ts';
import type { Json } from './helper.ts';

const vm = (path: string, vmid = 100): string => `/nodes/pve1/qemu/${vmid}${path}`;

describe('inside a guest', function () {
  this.timeout(20_000);
  let bench: Bench;

  before(async () => {
    bench = await Bench.start();
    await bench.ok(
      bench.post('/nodes/pve1/qemu', {
        vmid: 100,
        name: 'web-1',
        agent: 1,
        ciuser: 'admin',
        scsi0: 'local:1,format=qcow2',
        ide2: 'local:cloudinit',
        net0: 'virtio,bridge=vmbr0',
      }),
    );
    await bench.ok(bench.post(vm('/status/start')));
  });

  after(() => bench.stop());

  async function run(command: string[], more: Json = {}, vmid = 100): Promise<Json> {
    const started = await bench.send('POST', vm('/agent/exec', vmid), {
      json: { command, ...more },
    });
    expect(started.status, started.reason).to.equal(200);
    for (;;) {
      const status = await bench.read(vm(`/agent/exec-status?pid=${started.data.pid}`, vmid));
      if (status.exited === 1) return status;
      await sleep(20);
    }
  }

  async function write(file: string, content: string): Promise<void> {
    expect((await bench.post(vm('/agent/file-write'), { file, content })).status).to.equal(200);
  }

  const read = async (file: string, vmid = 100): Promise<string | undefined> =>
    (await bench.get(vm(`/agent/file-read?file=${encodeURIComponent(file)}`, vmid))).data?.content;

  const scripts: [string, string, string, number][] = [
    ['echo a; echo b', 'a\nb\n', '', 0],
    ['true && echo yes || echo no', 'yes\n', '', 0],
    ['false && echo yes || echo no', 'no\n', '', 0],
    ['false; echo $?', '1\n', '', 0],
    ['echo "$HOSTNAME" \'$HOSTNAME\' \\$x', 'web-1 $HOSTNAME $x\n', '', 0],
    ['echo out; echo err >&2; exit 7', 'out\n', 'err\n', 7],
    ['nosuch; echo $?', '127\n', 'sh: 1: nosuch: not found\n', 0],
    ['nosuch 2>/dev/null', '', '', 127],
    ['echo one > /tmp/t && echo two >> /tmp/t; cat < /tmp/t | head -n 1', 'one\n', '', 0],
    ['cat /nope', '', 'cat: /nope: No such file or directory\n', 1],
    ['echo x > /no/where', '', 'sh: 1: cannot create /no/where: Directory nonexistent\n', 2],
    ['cat /nope 2>&1 | wc -l', '1\n', '', 0],
    ['echo abc | tr a-c x', 'xbx\n', '', 0],
    ["echo 'open", '', 'sh: 1: Syntax error: Unterminated quoted string\n', 2],
    ['rm /tmp/t; test -f /tmp/t || echo gone', 'gone\n', '', 0],
    ['id -u; hostname; uname -sm', '0\nweb-1\nLinux x86_64\n', '', 0],
    ['sh -c "exit 3"; echo $?', '3\n', '', 0],
    ['say() { echo "<$1>" "$#"; }; say "a b" c; say', '<a b> 2\n<> 0\n', '', 0],
    ['fail() {\n  echo "$*" >&2\n  exit 4\n}\nfail no way; echo never', '', 'no way\n', 4],
    ['first() { return 3; echo never; }; first || echo $?', '3\n', '', 0],
    ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n', '', 0],
    ['if [ ! -e /nope ] && ! false; then echo yes; fi', 'yes\n', '', 0],
    ['for x in 1 2 3; do [ $x = 2 ] && continue; echo $x; done', '1\n3\n', '', 0],
    ['n=; while [ "$n" != aaa ]; do n=a$n; done; echo $n', 'aaa\n', '', 0],
    [
      'for a in x.tar.gz; do case $a in *.zip | *.gz) echo packed ;; *) echo plain ;; esac; done',
      'packed\n',
      '',
      0,
    ],
    ['echo "$(echo in; false) $?" `echo back`', 'in 1 back\n', '', 0],
    ['a=\'b  c\'; echo $a "$a" ${none:-else} ${a%c} ${#a}', 'b c b  c else b 4\n', '', 0],
    ["cat > /tmp/h <<'E'\n$x\n  y\nE\ncat /tmp/h", '$x\n  y\n', '', 0],
    ['v=1; cat <<E | tr 1 2\na$v $(echo b)\nE\necho after', 'a2 b\nafter\n', '', 0],
    ['printf "a b\\nc\\n" | while read x y; do echo "$y-$x"; done', 'b-a\n-c\n', '', 0],
    ['(exit 5); echo $?; { echo grouped; } > /tmp/g; cat /tmp/g', '5\ngrouped\n', '', 0],
    ['set -e; if false; then :; fi; false || true; echo on; false; echo never', 'on\n', '', 1],
    ['set -e; f() { false; echo still; }; f || echo asked', 'still\n', '', 0],
    ['x=1; (x=2); y=$(x=3); echo $x', '1\n', '', 0],
    ['A=1 sh -c "echo [$A]"; command -v nosuch || echo none', '[]\nnone\n', '', 0],
    ['while true; do :; done', '', 'sh: 1: it does not come to an end\n', 143],
    [
      'if true; then echo a',
      '',
      'sh: 1: Syntax error: "end of file" unexpected (expecting "fi")\n',
      2,
    ],
    [
      'mkdir -p /srv/a/b && test -d /srv/a && ls /srv/a; rm -r /srv/a; test -d /srv/a || echo gone',
      'b\ngone\n',
      '',
      0,
    ],
    ["printf 'one\\ntwo\\n' | grep -c o; echo x | grep -q y || echo not", '2\nnot\n', '', 0],
  ];
  for (const [script, out, err, code] of scripts) {
    it(`runs ${JSON.stringify(script)}`, async () => {
      const result = await run(['sh', '-c', script]);
      expect([result['out-data'] ?? '', result['err-data'] ?? '', result.exitcode]).to.deep.equal([
        out,
        err,
        code,
      ]);
    });
  }

  it('installs packages, which then have their programs and services', async () => {
    expect((await run(['sh', '-c', 'command -v docker'])).exitcode).to.equal(127);
    const installed = await run(['apt-get', '-q', '-y', 'install', 'docker.io', 'git']);
    expect(installed['out-data']).to.include('Setting up docker.io');
    const found = await run(['sh', '-c', 'command -v docker && systemctl is-active docker']);
    expect(found['out-data']).to.equal('/usr/bin/docker\nactive\n');
    const query = ['dpkg-query', '-W', '-f=${Status}'];
    expect((await run([...query, 'git']))['out-data']).to.equal('install ok installed');
    expect((await run([...query, 'vim'])).exitcode).to.equal(1);
    const wrong = await run(['apt-get', 'install', 'No_Such']);
    expect([wrong['err-data'], wrong.exitcode]).to.deep.equal([
      'E: Unable to locate package No_Such\n',
      100,
    ]);
  });

  it('takes its time and its input', async () => {
    const begin = performance.now();
    expect((await run(['cat'], { 'input-data': 'abc' }))['out-data']).to.equal('abc');
    await run(['sleep', '0.3']);
    expect(performance.now() - begin).to.be.at.least(290);
  });

  it('has a clock that can be set', async () => {
    await run(['date', '-s', '@1000000000']);
    expect(Number((await run(['date', '+%s']))['out-data'])).to.be.within(1e9, 1e9 + 20);
    const { result } = await bench.read(vm('/agent/get-time'));
    expect(result / 1e9).to.be.within(1e9, 1e9 + 20);
  });

  it('writes nothing while its file systems are frozen', async () => {
    const post = async (name: string): Promise<Json> =>
      (await bench.post(vm(`/agent/${name}`))).data.result;
    expect(await post('fsfreeze-freeze')).to.equal(1);
    expect(await post('fsfreeze-status')).to.equal('frozen');
    const refused = await bench.post(vm('/agent/file-write'), { file: '/tmp/x', content: 'x' });
    expect(refused.reason).to.match(/^Agent error: Command guest-file-write has been disabled/);
    expect(await post('fsfreeze-thaw')).to.equal(1);
    expect(await post('fsfreeze-status')).to.equal('thawed');
  });

  it('keeps files over a restart, takes them into clones and back with a snapshot', async () => {
    await write('/root/note', 'first');
    await bench.ok(bench.post(vm('/snapshot'), { snapname: 's1', description: 'one' }));
    await write('/root/note', 'second');
    await bench.ok(bench.post(vm('/snapshot'), { snapname: 's2', vmstate: 1 }));
    await bench.ok(bench.post(vm('/status/reboot')));
    expect(await read('/root/note')).to.equal('second');
    await bench.ok(bench.put(vm('/resize'), { disk: 'scsi0', size: '+1G' }));
    const rows = await bench.read(vm('/snapshot'));
    expect(rows.map((row: Json) => [row.name, row.parent, row.vmstate])).to.deep.equal([
      ['s1', undefined, 0],
      ['s2', 's1', 1],
      ['current', 's2', undefined],
    ]);

    await bench.ok(bench.post(vm('/clone'), { newid: 101, snapname: 's1', full: 1 }));
    await bench.ok(bench.post(vm('/status/start', 101)));
    expect(await read('/root/note', 101)).to.equal('first');
    await bench.ok(bench.post(vm('/status/stop', 101)));

    await bench.ok(bench.post(vm('/snapshot/s1/rollback')));
    expect((await bench.read(vm('/status/current'))).status).to.equal('stopped');
    const config = await bench.read(vm('/config'));
    expect([config.parent, config.lock]).to.deep.equal(['s1', undefined]);
    expect(config.scsi0).to.include('size=1G');
    const disk = await bench.read(
      `/nodes/pve1/storage/local/content/${encodeURIComponent('local:100/vm-100-disk-0.qcow2')}`,
    );
    expect(disk.size).to.equal(1024 ** 3);
    // A snapshot with the memory goes on running.
    await bench.ok(bench.post(vm('/snapshot/s2/rollback')));
    expect((await bench.read(vm('/status/current'))).status).to.equal('running');
    expect(await read('/root/note')).to.equal('second');
  });

  it('puts the children of a removed snapshot under its parent, and removes the memory with it', async () => {
    await bench.ok(bench.del(vm('/snapshot/s1')));
    const [row] = await bench.read(vm('/snapshot'));
    expect([row.name, row.parent]).to.deep.equal(['s2', undefined]);
    const volumes = (): Promise<Json> => bench.read('/nodes/pve1/storage/local/content?vmid=100');
    expect(JSON.stringify(await volumes())).to.include('vm-100-state-s2.raw');
    await bench.ok(bench.del(vm('/snapshot/s2')));
    expect(JSON.stringify(await volumes())).not.to.include('vm-100-state-s2.raw');
    expect(await bench.read(vm('/config'))).not.to.have.property('parent');
  });

  it('removes no disk that a snapshot needs, and leaves none behind with the VM', async () => {
    await bench.ok(bench.post(vm('/status/stop')));
    await bench.ok(bench.post(vm('/snapshot'), { snapname: 'keep' }));
    await bench.put(vm('/config'), { delete: 'scsi0' });
    const refused = await bench.put(vm('/unlink'), { idlist: 'unused0', force: 1 });
    expect(refused.reason).to.match(
      /^unable to delete '.*' - volume is still in use \(snapshot\?\)$/,
    );
    await bench.ok(bench.del(vm('')));
    const left = await bench.read('/nodes/pve1/storage/local/content?vmid=100');
    expect(left).to.deep.equal([]);
  });

  it('refuses snapshots of raw disks', async () => {
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 102, scsi0: 'local:1,format=raw' }));
    expect(await bench.run(bench.post(vm('/snapshot', 102), { snapname: 'x1' }))).to.equal(
      'snapshot feature is not available',
    );
  });

  it('shows what the cloud-init drive of a running guest does not say yet', async () => {
    await bench.put(vm('/config', 101), { ciuser: 'before' });
    await bench.ok(bench.post(vm('/status/start', 101)));
    await bench.put(vm('/config', 101), { ciuser: 'after', nameserver: '1.1.1.1' });
    const rows = async (): Promise<Json> =>
      (await bench.read(vm('/cloudinit', 101))).filter((row: Json) => row.key !== 'cipassword');
    expect(await rows()).to.have.deep.members([
      { key: 'ciuser', value: 'before', pending: 'after' },
      { key: 'nameserver', pending: '1.1.1.1' },
    ]);
    await bench.put(vm('/cloudinit', 101));
    expect(await rows()).to.have.deep.members([
      { key: 'ciuser', value: 'after' },
      { key: 'nameserver', value: '1.1.1.1' },
    ]);
  });
});
