import { ShowCommand } from '@pmx-cli/kit';

import { manifestFlags } from '../lib/commands/manifest/flags.js';
import type { ManifestDiff } from '../lib/operations/declare/diff.js';

export default class Diff extends ShowCommand<ManifestDiff[]> {
  static override summary = 'Show what differs between documents and the server.';
  static override description = `Exit code 0: everything is as the documents say. 1: something differs, or the request is wrong (then
nothing is on standard output but the error). With --json the list of what differs.`;
  static override examples = [
    '<%= config.bin %> diff -f web.yaml',
    '<%= config.bin %> diff -f lab/ --var domain=lab.example.org --json',
  ];
  static override flags = manifestFlags;

  protected override async show(): Promise<ManifestDiff[]> {
    const { file, var: words = [] } = this.flagsOf(Diff);
    const { parseVariables, readManifests } = await import('../lib/operations/declare/read.js');
    const { diffManifests } = await import('../lib/operations/declare/diff.js');
    const manifests = await readManifests(file, parseVariables(words));
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const diff = await diffManifests(pve, inventory, manifests, defaults);
    // As with diff itself.
    if (diff.length > 0) process.exitCode = 1;
    return diff;
  }

  protected override view(diff: ManifestDiff[]): void {
    if (diff.length === 0) this.output.note('Nothing differs.');
    for (const { kind, name, vmid, exists, differences } of diff) {
      if (!exists) this.output.print(`+ ${kind} ${name}`);
      else this.output.print(`~ ${kind} ${name}${vmid === null ? '' : ` (${vmid})`}`);
      for (const { field, current, wanted, how } of differences) {
        const only = how === 'replace' ? '  [only by replacing]' : '';
        this.output.print(`    ${field}: ${shown(current)} → ${shown(wanted)}${only}`);
      }
    }
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
