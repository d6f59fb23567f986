/**
 * What goes wrong in a page or a worker beside the cases: errors that nobody caught, warnings, violations of its policy.
 * Loaded before anything else.
 */

/** @type {string[]} */
const problems = [];

for (const level of /** @type {const} */ (['error', 'warn'])) {
  const original = console[level];
  console[level] = (...parts) => {
    problems.push(`console ${level}: ${parts.join(' ')}`);
    original.apply(console, parts);
  };
}
addEventListener('error', ({ message, error }) => problems.push(`uncaught: ${error?.stack ?? message}`));
addEventListener('unhandledrejection', ({ reason }) => problems.push(`unhandled rejection: ${reason?.stack ?? reason}`));
addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, blockedURI } = /** @type {SecurityPolicyViolationEvent} */ (event);
  problems.push(`policy violated: ${violatedDirective} by ${blockedURI}`);
});

/** @returns {string[]} Those since the last call. */
export const takeProblems = () => problems.splice(0);
