/** Lines that pmx writes into the notes of what it makes; everything else is somebody's own. */
const pmxLine = /^(?:pmx-[a-z]+: |sha256: |(?:Template m|M)ade by pmx on \d{4}-)/;
const provenance = /^Made by pmx on \S+ from template (\d+) \((.*)\)$/m;

/** What a person wrote. */
export function ownNotes(description: unknown): string {
  return String(description ?? '')
    .split('\n')
    .filter((line) => !pmxLine.test(line))
    .join('\n')
    .trim();
}

/** New words beside the lines that pmx needs to know its own again. */
export function withOwnNotes(description: unknown, words: string): string {
  const kept = String(description ?? '')
    .split('\n')
    .filter((line) => pmxLine.test(line));
  return [...(words === '' ? [] : [words.trimEnd()]), ...kept].join('\n');
}

/** The template that a VM was cloned from, as far as its notes tell. */
export function templateOf(description: unknown): { vmid: number; name: string } | undefined {
  const [, vmid, name] = provenance.exec(String(description ?? '')) ?? [];
  return vmid === undefined ? undefined : { vmid: Number(vmid), name: name! };
}
