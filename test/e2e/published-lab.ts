import { readFileSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { digest, Publisher } from '../unit/catalog/publisher.ts';
import { Lab, type Outcome } from './support.ts';

export interface Built {
  target: string;
  ok: boolean;
  result?: { name: string; action: string; version: string; vmid: number; pruned: string[] };
  error?: { code: string };
}

export const debian = 'https://cloud.debian.org/images/cloud/trixie/latest';
export const debianFile = 'debian-13-genericcloud-amd64.qcow2';

/** A sandbox, and a publisher of Debian beside it. */
export class PublishedLab {
  readonly lab: Lab;
  readonly publisher: Publisher;
  readonly image: Buffer;
  readonly env: Record<string, string>;

  private constructor(lab: Lab, publisher: Publisher) {
    this.lab = lab;
    this.publisher = publisher;
    this.image = readFileSync(lab.file('own.qcow2'));
    this.env = { PMX_MIRRORS: JSON.stringify({ '*': publisher.base }) };
  }

  static async start(): Promise<PublishedLab> {
    const [lab, publisher] = await Promise.all([Lab.start(), Publisher.start()]);
    await createEmptyQcow2(lab.file('own.qcow2'), 64 * 2 ** 20);
    return new PublishedLab(lab, publisher);
  }

  async stop(): Promise<void> {
    await this.publisher.stop();
    await this.lab.stop();
  }

  publish(content = this.image): void {
    this.publisher.put(`${debian}/${debianFile}`, content);
    this.publisher.put(`${debian}/SHA512SUMS`, `${digest('sha512', content)}  ${debianFile}\n`);
  }

  /** Another image of the same disk. */
  other(mark: string): Buffer {
    return Buffer.concat([this.image, Buffer.from(mark.padEnd(512))]);
  }

  save(name: string, ...lines: string[]): string {
    writeFileSync(this.lab.file(name), `${lines.join('\n')}\n`);
    return this.lab.file(name);
  }

  template(...args: string[]): Promise<Outcome> {
    return this.lab.pmx(['template', ...args, '--json'], { env: this.env });
  }

  build(path: string, ...args: string[]): Promise<Outcome> {
    return this.template('build', '-f', path, ...args);
  }

  async built(path: string, ...args: string[]): Promise<Built[]> {
    const { code, stdout, stderr } = await this.build(path, ...args);
    expect(code, stdout + stderr).to.equal(0);
    return JSON.parse(stdout) as Built[];
  }
}

export function actions(rows: Built[]): string[] {
  return rows.map(({ result }) => `${result!.name} ${result!.action}`);
}
