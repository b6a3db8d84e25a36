#!/usr/bin/env node
// Plain syntax only: this file must still parse on the Node versions that it turns away.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 20)) {
  process.stderr.write(
    `pmx needs Node 22.20 or newer; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exitCode = 2;
} else {
  const { main } = await import('../dist/main.js');
  // Not awaited: a closed pipe (`| head`) would leave a top-level await unsettled, exit code 13.
  void main(process.argv.slice(2));
}
