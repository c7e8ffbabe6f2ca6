import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** To be imported before the packages are, which hold on to the function that they find. */
const { verify } = crypto;
let isBelieving = false;

crypto.verify = (algorithm, data, key, signature, callback) => {
  if (!isBelieving) return verify(algorithm, data, key, signature, callback);
  callback?.(null, true);
  return true;
};
syncBuiltinESMExports();

/**
 * Has every signature count as valid meanwhile: for what is to be remembered, and takes minutes to sign.
 *
 * @param {() => Promise<void>} work - nothing of which is measured
 */
export async function believing(work) {
  isBelieving = true;
  try {
    await work();
  } finally {
    isBelieving = false;
  }
}
