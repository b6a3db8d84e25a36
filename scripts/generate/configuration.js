// docs/configuration.md, from the tables of settings and contexts.
import { contextFields } from '../../dist/lib/config/schema/context-fields.js';
import { profileFields } from '../../dist/lib/config/schema/profile-fields.js';
import { settings } from '../../dist/lib/config/schema/settings.js';
import { ruleOf } from '../../dist/lib/config/schema/spec.js';

function describe(key, spec) {
  const facts = [
    `${ruleOf(spec)}, for example \`${spec.example}\``,
    ...(spec.default === undefined ? [] : [`default \`${spec.default}\``]),
    ...(spec.env ? [`variables ${spec.env.map((name) => `\`${name}\``).join(', ')}`] : []),
    ...(spec.layers && !spec.layers.includes('project') ? ['not in project files'] : []),
  ];
  return `- \`${key}\`: ${spec.description} ${facts.join('; ')}.`.replace('. it', '. It');
}

const rows = (table, prefix = '') =>
  Object.entries(table)
    .map(([key, spec]) => describe(`${prefix}${key}`, spec))
    .join('\n');

export const configuration = `# Configuration

Made by \`node scripts/generate.js\` from \`src/lib/config/schema\`.

Flags win over variables, these over the project file (\`.pmx.yaml\`, \`.pmx.json\` or \`.proxmox.conf\`, searched upwards to the
root of the repository), then \`config.yaml\` in your own folder (\`pmx config path\`), \`/etc/pmx/config.yaml\`, and the defaults.
\`pmx config view --origins\` shows who won. \`\${NAME}\` and \`\${NAME:-default}\` are filled in; \`extends: FILE\` builds on another
file. Names may be written like \`request-timeout\` as well.

## Settings

${rows(settings)}

## Contexts

Below \`contexts.NAME\`, in your own file or the system's. Secrets are never in here.

${rows(contextFields)}

## Profiles

Below \`profiles.NAME\`: flags of \`pmx vm create\` that \`--profile NAME\` gives to those left out. \`pmx vm profile set\` writes them.

${rows(profileFields)}
`;
