import { join } from 'node:path';

const exitCodes = [0, 1, 2, 3, 130];
const crash = /\b(?:TypeError|ReferenceError|RangeError|Cannot read properties|unhandled)\b/i;

/** One that uses pmx by chance, and holds what it says against the server. */
export class Worker {
  constructor(home, roll, number, report) {
    Object.assign(this, { home, roll, number, report });
    this.vms = new Set();
    this.templates = new Set();
    this.made = 0;
    this.interrupted = 0;
    this.continued = 0;
    this.actions = [
      [6, () => this.#create('vm')],
      [4, () => this.#remove('vm')],
      [1, () => this.#create('template')],
      [1, () => this.#remove('template')],
      [3, () => this.#power('start', 'running')],
      [3, () => this.#power('stop', 'stopped')],
      [3, () => this.#snapshot()],
      [3, () => this.#set()],
      [2, () => this.#tag()],
      [2, () => this.#disk()],
      [2, () => this.#clone()],
      [2, () => this.#list()],
    ];
  }

  async run(isOver) {
    const wheel = this.actions.flatMap(([weight, action]) => Array(weight).fill(action));
    while (!isOver()) await this.roll.pick(wheel)();
  }

  /** Runs a command, sometimes with a signal in the middle, and what is left open is continued. */
  async #pmx(...args) {
    const signal = this.roll.chance(0.25) ? this.roll.pick(['SIGKILL', 'SIGKILL', 'SIGINT']) : null;
    const interrupt = signal && { signal, millis: 250 + this.roll.below(1500) };
    const outcome = await this.home.pmx(args, interrupt);
    if (outcome.signal !== null || outcome.code === 130) this.interrupted++;
    else this.#checkManners(outcome);
    if (outcome.code !== 0) await this.#settle(outcome.pid);
    return outcome;
  }

  #checkManners({ args, code, stdout, stderr }) {
    if (!exitCodes.includes(code) || crash.test(stdout + stderr))
      this.report(`pmx ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`);
    try {
      JSON.parse(stdout);
    } catch {
      this.report(`pmx ${args.join(' ')}: no JSON, exit ${code}\n${stdout}${stderr}`);
    }
  }

  /** Rolls back or resumes what this process has left open. */
  async #settle(pid) {
    const own = this.home.operationsOf(pid);
    const open = (await this.home.json('op', 'list', '--open', '--limit', '10000')).filter(
      ({ id, status }) => own.includes(id) && status !== 'running',
    );
    for (const { id } of open) {
      this.continued++;
      const verb = this.roll.pick(['rollback', 'rollback', 'resume']);
      await this.home.pmx(['op', verb, id]);
    }
  }

  async #guest(name) {
    const rows = await this.home.read('/cluster/resources?type=vm');
    return rows.filter((row) => row.name === name);
  }

  async #isOpen(name) {
    const operations = await this.home.json('op', 'list', '--open', '--limit', '10000');
    return operations.some(({ target }) => target.includes(name));
  }

  async #create(noun) {
    const name = `${noun}-${this.number}-${this.made++}`;
    const known = noun === 'vm' ? this.vms : this.templates;
    if (known.size >= 6) return this.#remove(noun);
    const how =
      noun === 'vm'
        ? [
            '--template',
            'base',
            ...this.roll.pick([
              [],
              ['--full'],
              ['--linked'],
              ['--start'],
              ['--disk', '+64M'],
              ['--user-data', join(this.home.path, 'web.yaml')],
            ]),
          ]
        : ['--image', join(this.home.path, 'base.qcow2')];
    const named = noun === 'vm' ? [name] : ['--name', name];
    const { code, stdout, stderr } = await this.#pmx(noun, 'create', ...named, ...how);
    const found = await this.#guest(name);
    if (found.length > 1) this.report(`${name} exists ${found.length} times`);
    if (found.length === 1) known.add(name);
    const told = `exit ${code}\n${stdout}${stderr}`;
    if (code === 0 && found.length === 0)
      this.report(`${name} was created, but is not there: ${told}`);
    const refused = code !== null && code !== 0;
    if (refused && found.length > 0 && !(await this.#isOpen(name)) && !(await this.#resumed(name)))
      this.report(`${name} was not created, but is there: ${told}`);
  }

  /** It may have been finished by `op resume`. */
  async #resumed(name) {
    const operations = await this.home.json('op', 'list', '--limit', '10000');
    return operations.some(({ target, status }) => target.includes(name) && status === 'completed');
  }

  async #remove(noun) {
    const known = noun === 'vm' ? this.vms : this.templates;
    if (known.size === 0) return;
    const name = this.roll.pick([...known]);
    const how = noun === 'vm' ? ['--stop', '--yes'] : ['--yes'];
    const { code, stdout } = await this.#pmx(noun, 'delete', name, ...how);
    const found = await this.#guest(name);
    if (found.length === 0) known.delete(name);
    if (code === 0 && found.length > 0) this.report(`${name} was deleted, but is there: ${stdout}`);
  }

  async #power(verb, wanted) {
    if (this.vms.size === 0) return;
    const name = this.roll.pick([...this.vms]);
    const { code, stdout } = await this.#pmx('vm', verb, name);
    const [row] = await this.#guest(name);
    if (code === 0 && row?.status !== wanted)
      this.report(`vm ${verb} ${name} ended well, but it is ${row?.status}: ${stdout}`);
  }

  /** A VM of this worker, and nobody else's. */
  async #own() {
    if (this.vms.size === 0) return undefined;
    const [row] = await this.#guest(this.roll.pick([...this.vms]));
    return row && { ...row, path: `/nodes/${row.node}/qemu/${row.vmid}` };
  }

  /**
   * Runs a change and holds what the journal says of it against `read`: done means `wanted`, taken
   * back means as before; what is still open says nothing yet.
   */
  async #change(args, read, wanted) {
    const before = await read();
    const { pid, code, stdout, stderr } = await this.#pmx(...args);
    const own = this.home.operationsOf(pid);
    const all = await this.home.json('op', 'list', '--limit', '10000');
    const [operation] = all.filter(({ id }) => own.includes(id));
    const after = await read();
    const told = `exit ${code}, ${operation?.status}\n${stdout}${stderr}`;
    const status = operation?.status ?? (code === 0 ? 'completed' : 'rolled-back');
    if (code === 0 && status !== 'completed') this.report(`${args.join(' ')}: ${told}`);
    if (status === 'completed' && code === 0 && !wanted(after))
      this.report(`${args.join(' ')} is done, but there is ${JSON.stringify(after)}: ${told}`);
    if (status === 'rolled-back' && JSON.stringify(after) !== JSON.stringify(before))
      this.report(
        `${args.join(' ')} is taken back, but ${JSON.stringify(before)} is ${JSON.stringify(after)}: ${told}`,
      );
  }

  async #config(path, ...keys) {
    const config = await this.home.read(`${path}/config`);
    return keys.map((key) => config[key] ?? null);
  }

  async #snapshot() {
    const row = await this.#own();
    if (!row) return;
    const names = async () =>
      (await this.home.read(`${row.path}/snapshot`)).map(({ name }) => name).sort();
    const old = (await names()).find((name) => name !== 'current');
    const name = `s${this.made++}`;
    if (old !== undefined && this.roll.chance(0.5))
      await this.#change(
        ['vm', 'snapshot', 'delete', String(row.vmid), old, '--yes'],
        names,
        (now) => !now.includes(old),
      );
    else
      await this.#change(
        ['vm', 'snapshot', 'create', String(row.vmid), '--name', name],
        names,
        (now) => now.includes(name),
      );
  }

  async #set() {
    const row = await this.#own();
    if (!row) return;
    const cores = 1 + this.roll.below(4);
    const memory = 256 * (1 + this.roll.below(4));
    await this.#change(
      ['vm', 'set', String(row.vmid), '--cores', String(cores), '--memory', String(memory)],
      () => this.#config(row.path, 'cores', 'memory'),
      (now) => now[0] === cores && Number(now[1]) === memory,
    );
  }

  async #tag() {
    const row = await this.#own();
    if (!row) return;
    const tag = this.roll.pick(['red', 'green', 'blue']);
    const adds = this.roll.chance(0.5);
    await this.#change(
      ['vm', 'tag', String(row.vmid), adds ? '--add' : '--remove', tag],
      () => this.#config(row.path, 'tags'),
      ([tags]) =>
        String(tags ?? '')
          .split(';')
          .includes(tag) === adds,
    );
  }

  async #disk() {
    const row = await this.#own();
    if (!row) return;
    const slot = `scsi${5 + this.roll.below(3)}`;
    const read = async () => (await this.#config(row.path, slot)).map((value) => value !== null);
    const [there] = await read();
    const args = there
      ? ['disk', 'remove', String(row.vmid), slot, '--yes']
      : ['disk', 'add', String(row.vmid), '--size', '1G', '--slot', slot];
    await this.#change(['vm', ...args], read, ([now]) => now !== there);
  }

  async #clone() {
    const row = await this.#own();
    if (!row || this.vms.size >= 6) return;
    const name = `clone-${this.number}-${this.made++}`;
    const read = async () => (await this.#guest(name)).length;
    await this.#change(['vm', 'clone', String(row.vmid), name, '--full'], read, (now) => now === 1);
    if ((await read()) > 0) this.vms.add(name);
  }

  async #list() {
    await this.#pmx(
      ...this.roll.pick([
        ['vm', 'list'],
        ['template', 'list'],
        ['node', 'list'],
        ['storage', 'list'],
        ['task', 'list'],
        ['storage', 'content', 'local', '--node', 'pve1'],
      ]),
    );
  }
}
