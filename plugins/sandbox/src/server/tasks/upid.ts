/** The parts of a task's id: `UPID:node:PID8:PSTART8:START8:type:id:user:` (hex in upper case). */
export interface Upid {
  node: string;
  pid: number;
  pstart: number;
  starttime: number;
  type: string;
  id: string;
  user: string;
}

const PATTERN =
  /^UPID:([a-zA-Z0-9-]+):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/;

/** Writes a task's id. */
export function formatUpid(task: Upid): string {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
  return `UPID:${task.node}:${hex(task.pid)}:${hex(task.pstart)}:${hex(task.starttime)}:${task.type}:${task.id}:${task.user}:`;
}

/** Reads a task's id; undefined if it is not one. */
export function parseUpid(text: string): Upid | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const hex = (index: number): number => parseInt(match[index]!, 16);
  return {
    node: match[1]!,
    pid: hex(2),
    pstart: hex(3),
    starttime: hex(4),
    type: match[5]!,
    id: match[6]!,
    user: match[7]!,
  };
}
