import { setTimeout as sleep } from 'node:timers/promises';
import { Tickets } from '../../dist/server/auth/tickets.js';
import { Bench, SECRET, expectOk, qcow2, tokenAuth } from '../helper.ts';
import type { Json, Reply, Send } from '../helper.ts';

/** A fresh sandbox with what a recording found on its server. Requests here are root's and are not compared. */
export class Stage extends Bench {
  /** Passwords that stand for `<password>`, by user. */
  readonly passwords: Record<string, string> = { 'root@pam': SECRET, 'lab@pve': 'labuser12' };

  #root: Record<string, string> = tokenAuth();

  static async open(agentless: boolean): Promise<Stage> {
    const more = agentless ? { agentDelayMillis: 3_600_000 } : {};
    const bench = await Bench.start({ brokenPipeMillis: 0, ...more });
    bench.agent.destroy();
    const stage = new Stage(bench.dir, bench.sandbox, bench.options);
    await stage.#useTicket();
    return stage;
  }

  /** Works with a ticket from now on: root has no token on the recorded server, and only a ticket may do everything. */
  async #useTicket(): Promise<void> {
    const password = this.passwords['root@pam'];
    const login = async (): Promise<void> => {
      const { data } = await this.post(
        '/access/ticket',
        { username: 'root@pam', password },
        { auth: {} },
      );
      this.#root = {
        Cookie: `PVEAuthCookie=${data.ticket}`,
        CSRFPreventionToken: data.CSRFPreventionToken,
      };
    };
    await login();
    await this.must('PUT', '/access/password', { userid: 'root@pam', password });
    await this.must('DELETE', '/access/users/root@pam/token/pmx');
  }

  override send(method: string, path: string, more: Send = {}): Promise<Reply> {
    return super.send(method, path, { auth: this.#root, ...more });
  }

  /** A ticket of root@pam that was issued some hours ago. */
  async mint(hoursAgo: number): Promise<string> {
    const tickets = await Tickets.open(this.dir);
    return tickets.issue('root@pam', Date.now() - hoursAgo * 3_600_000);
  }

  /** Does something that must work, and waits for its task. */
  async must(method: string, path: string, form?: Record<string, unknown>): Promise<void> {
    const reply = await this.send(method, path, form ? { form } : {});
    expectOk(reply);
    if (typeof reply.data === 'string' && reply.data.startsWith('UPID:')) {
      const status = await this.end(reply.data);
      if (status !== 'OK') throw new Error(`${method} ${path}: ${status}`);
    }
  }

  vm(vmid: number): string {
    return `/nodes/pve1/qemu/${vmid}`;
  }

  /** The storages of the recorded server beside `local`. */
  async storages(): Promise<void> {
    await this.must('DELETE', '/storage/isoonly');
    await this.must('POST', '/storage', {
      storage: 'isoonly',
      type: 'dir',
      path: '/var/lib/vz2/isoonly',
      content: 'iso',
    });
    await this.must('POST', '/storage', {
      storage: 'second',
      type: 'dir',
      path: '/var/lib/vz2',
      content: 'images,iso,import,backup,snippets',
    });
  }

  /** The image test.qcow2. */
  async testImage(): Promise<Buffer> {
    return (await qcow2(1024 ** 3)).subarray(0, 196_624);
  }

  async iso(name: string): Promise<void> {
    const reply = await this.upload('local', { content: 'iso' }, name, Buffer.alloc(300_000));
    expectOk(reply);
    await this.end(reply.data);
  }

  /** An image for imports; `bytes` is the size of its file, 0: as it comes. */
  async image(name: string, size: number, bytes: number): Promise<void> {
    const made = await qcow2(size);
    const content = bytes === 0 ? made : made.subarray(0, bytes);
    const reply = await this.upload('local', { content: 'import' }, name, content);
    expectOk(reply);
    await this.end(reply.data);
  }

  /** A user without any rights. */
  async lab(): Promise<void> {
    await this.must('POST', '/access/users', {
      userid: 'lab@pve',
      password: 'labuser12',
      comment: 'lab',
    });
  }

  /** VM 100, as 02vm makes it. */
  async web(): Promise<void> {
    await this.image('test.qcow2', 1024 ** 3, 196_624);
    await this.must('POST', '/nodes/pve1/qemu', {
      vmid: 100,
      name: 'web-01',
      memory: 768,
      cores: 2,
      sockets: 1,
      cpu: 'x86-64-v2-AES',
      kvm: 0,
      ostype: 'l26',
      scsihw: 'virtio-scsi-single',
      scsi0: 'local:0,import-from=local:import/test.qcow2,discard=on,iothread=1',
      ide2: 'local:cloudinit',
      boot: 'order=scsi0',
      net0: 'virtio,bridge=vmbr0',
      agent: 'enabled=1,fstrim_cloned_disks=1',
      serial0: 'socket',
      vga: 'serial0',
      ciuser: 'admin',
      cipassword: 'secret-1',
      sshkeys:
        'ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIJv9mWzZ0nTl3gQyRrZ0vWk0rT0G3b6wq0c0mEX0m1kA%20me%40lab',
      ipconfig0: 'ip=10.99.0.50/24,gw=10.99.0.1',
      tags: 'prod;web',
      description: 'line one\nline two & ünïcode',
      onboot: 1,
    });
    await this.must('PUT', `${this.vm(100)}/resize`, { disk: 'scsi0', size: '2G' });
  }

  /** Template 100 with its linked clone 101. */
  async linked(name = 'linked'): Promise<void> {
    await this.web();
    await this.must('POST', `${this.vm(100)}/template`, {});
    await this.must('POST', `${this.vm(100)}/clone`, { newid: 101, name });
  }

  /** … and the full clone 102 on `second`. */
  async full(): Promise<void> {
    await this.must('POST', `${this.vm(100)}/clone`, {
      newid: 102,
      name: 'full',
      full: 1,
      storage: 'second',
    });
  }

  /** Template 900, and its clone 901 with a snapshot, running. */
  async debian(): Promise<void> {
    await this.image('debian-cloud.qcow2', 2 * 1024 ** 3, 0);
    await this.must('POST', '/nodes/pve1/qemu', {
      vmid: 900,
      name: 'deb-tpl',
      memory: 768,
      cores: 2,
      cpu: 'host',
      ostype: 'l26',
      scsihw: 'virtio-scsi-single',
      scsi0: 'local:0,import-from=local:import/debian-cloud.qcow2,discard=on',
      ide2: 'local:cloudinit',
      boot: 'order=scsi0',
      net0: 'virtio,bridge=vmbr0',
      agent: '1',
      serial0: 'socket',
      vga: 'serial0',
      ciuser: 'admin',
      cipassword: 'secret-1',
      sshkeys:
        'ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIJv9mWzZ0nTl3gQyRrZ0vWk0rT0G3b6wq0c0mEX0m1kA%20me%40lab',
      ipconfig0: 'ip=10.99.0.60/24,gw=10.99.0.1',
    });
    await this.must('POST', `${this.vm(900)}/template`, {});
    await this.must('POST', `${this.vm(900)}/clone`, { newid: 901, name: 'deb-01' });
    await this.must('PUT', `${this.vm(901)}/resize`, { disk: 'scsi0', size: '3G' });
    await this.must('POST', `${this.vm(901)}/snapshot`, { snapname: 'a1' });
    for (const vmid of [900, 901])
      await this.must('PUT', `${this.vm(vmid)}/config`, { cpu: 'max', kvm: 0 });
    await this.must('PUT', `${this.vm(901)}/resize`, { disk: 'scsi0', size: '+512M' });
    await this.must('POST', `${this.vm(901)}/status/start`, {});
  }

  /** A slow full clone of a VM holds its lock file until the result is called. */
  async holdLock(vmid: number): Promise<() => Promise<void>> {
    const reply = await this.post(`${this.vm(vmid)}/clone`, { newid: 199, full: 1, bwlimit: 1 });
    expectOk(reply);
    await sleep(50);
    return async () => {
      await this.must('DELETE', this.taskPath(reply.data));
      await this.end(reply.data);
    };
  }

  async config(vmid: number): Promise<Json> {
    return this.read(`${this.vm(vmid)}/config`);
  }
}
