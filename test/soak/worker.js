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
      [2, () => this.#snapshot()],
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

  async #snapshot() {
    const [row] = this.vms.size === 0 ? [] : await this.#guest(this.roll.pick([...this.vms]));
    if (!row) return;
    const path = `/nodes/${row.node}/qemu/${row.vmid}/snapshot`;
    const names = (await this.home.read(path)).map(({ name }) => name);
    const old = names.find((name) => name !== 'current');
    if (old !== undefined && this.roll.chance(0.5))
      await this.#pmx('api', 'delete', `${path}/${old}`, '--yes');
    else await this.#pmx('api', 'post', path, `snapname=s${this.made++}`);
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
