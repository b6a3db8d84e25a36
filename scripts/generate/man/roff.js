// Writing man(7), the macros that both mandoc and groff have.

const special = { '\\': '\\e', '-': '\\-', "'": '\\(aq', '`': '\\(ga', '^': '\\(ha', '~': '\\(ti' };

/** Text that is no macro, whatever it begins with; quotes stay the ones that a shell knows. */
export function text(value) {
  const escaped = value.replaceAll(/[\\\-'`^~]/g, (char) => special[char]);
  return escaped.replaceAll(/^\./gm, '\\&.');
}

export const bold = (value) => `\\fB${text(value)}\\fR`;
export const italic = (value) => `\\fI${text(value)}\\fR`;

/** `pmx-config(5)` */
export const reference = (name, section) => `${bold(name)}(${section})`;

export const list = (references) => (references.length === 0 ? [] : [`${references.join(',\n')}`]);

/** Lines as they are. */
export function literal(lines) {
  return ['.RS 4', '.nf', ...lines.map((line) => text(line) || '\\&'), '.fi', '.RE'];
}

const longestLine = 76;

/** Whatever it begins with, no line of it is taken for a macro. */
function wrapped(value) {
  const lines = [''];
  for (const word of text(value).split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== '' && Buffer.byteLength(`${line} ${word}`) > longestLine) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => (line.startsWith('.') ? `\\&${line}` : line));
}

/** Paragraphs, and between them parts that are indented, which stay as they are. */
export function prose(value) {
  const parts = value.split(/\n{2,}/).filter((part) => part.trim() !== '');
  return parts.flatMap((part, at) => {
    const lines = part.split('\n');
    return [
      ...(at > 0 ? ['.PP'] : []),
      ...(lines.every((line) => line.startsWith('  '))
        ? literal(lines.map((line) => line.slice(2)))
        : wrapped(part.trim())),
    ];
  });
}

/** A term with what it means. */
export function entry(term, meaning) {
  return ['.TP', term, ...prose(meaning)];
}

/**
 * @param date of the text, not of today: a page that changed by itself would never be fresh
 */
export function page({ name, section, date, version, title, parts }) {
  const lines = [
    '.\\" Made by: node scripts/generate.js',
    `.TH ${text(name).toUpperCase()} ${section} ${date} "pmx ${version}" "pmx"`,
    '.SH NAME',
    `${text(name)} \\- ${text(title)}`,
    ...parts.flatMap(([heading, content]) =>
      content.length === 0 ? [] : [`.SH ${heading}`, ...content],
    ),
  ];
  return `${lines.join('\n')}\n`;
}
