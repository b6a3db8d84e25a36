/** How people call a plugin: `@acme/pmx-plugin-hello` → `hello`. Its settings are below `plugins.hello`. */
export function pluginShortName(name: string): string {
  return name.replace(/^@[^/]+\//, '').replace(/^(?:pmx-)?plugin-/, '');
}
