/** Why the example does not start: one line for whoever started it, told without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
