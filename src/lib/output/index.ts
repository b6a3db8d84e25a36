export { TerminalPrompter } from './prompt.js';
export { redacted, Redactor } from './redact.js';
export { canRedraw, styler, wantsColor } from './style.js';
export { TerminalOutput } from './terminal.js';
