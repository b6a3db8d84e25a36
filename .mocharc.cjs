// A process that a failed test has left behind must not keep a whole run on CI from its end.
const { CI } = process.env;

module.exports = {
  extension: ['ts'],
  timeout: 10_000,
  ...(CI && { exit: true }),
};
