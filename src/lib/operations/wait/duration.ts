export { parseDuration } from '@pmx-cli/kit';
