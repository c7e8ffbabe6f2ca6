/** The error for a request that the caller has to put right; answered with 400. */
export function inputError(message: string): Error {
  return Object.assign(new Error(message), { name: 'InputError' });
}
