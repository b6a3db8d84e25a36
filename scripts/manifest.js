// oclif's manifests: without one, oclif imports every command at every start.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = ['.', 'plugins/sandbox'];

/** Writes `oclif.manifest.json` of the main package and of every first-party plugin. */
export async function writeManifests(root) {
  const { Plugin } = await import('@oclif/core/config');
  for (const name of packages) {
    const path = join(root, name, 'oclif.manifest.json');
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    rmSync(path, { force: true });
    const plugin = new Plugin({
      root: join(root, name),
      type: 'core',
      ignoreManifest: true,
      errorOnManifestCreate: true,
    });
    await plugin.load();
    const manifest = `${JSON.stringify(sorted(plugin.manifest), undefined, 2)}\n`;
    writeFileSync(path, manifest === before ? before : manifest);
  }
}

function sorted(manifest) {
  const commands = Object.fromEntries(
    Object.entries(manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return { ...manifest, commands };
}
