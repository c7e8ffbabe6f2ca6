/**
 * Tells where the found value is not what is expected. Objects may have more members than expected; lists
 * are compared as they are; a regular expression is tried on a string, and a function is asked.
 *
 * @returns {string[]} one line for each difference
 */
export function compare(expected, found, path = 'answer') {
  if (typeof expected === 'function') {
    return holds(expected, found) ? [] : [`${path}: expected ${expected}, found ${show(found)}`];
  }
  if (expected instanceof RegExp) {
    const matches = typeof found === 'string' && expected.test(found);
    return matches ? [] : [`${path}: expected ${expected}, found ${show(found)}`];
  }
  if (typeof expected === 'object' && expected !== null && !Array.isArray(expected)) {
    if (typeof found !== 'object' || found === null) {
      return [`${path}: expected an object, found ${show(found)}`];
    }
    return Object.entries(expected).flatMap(([name, value]) =>
      compare(value, found[name], `${path}.${name}`),
    );
  }
  return JSON.stringify(expected) === JSON.stringify(found)
    ? []
    : [`${path}: expected ${show(expected)}, found ${show(found)}`];
}

/** Says in a few words what an answer was; never more of a token than that there is one. */
export function describeAnswer(found) {
  const { status, body } = found ?? {};
  if (status === undefined) return show(found);
  const error = body?.error;
  if (!error) return String(status);
  const code = error.code ? ` (${error.code})` : '';
  return mask(`${status} ${error.name}${code}: ${error.message}`);
}

/** Returns the text without the tokens in it. */
export function mask(text) {
  return text
    .replace(/[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, '<token>')
    .replace(/[\w-]+-token-of-the-example/g, '<token>');
}

/** What the question cannot even be asked of does not hold. */
function holds(question, value) {
  try {
    return Boolean(question(value));
  } catch {
    return false;
  }
}

function show(value) {
  return mask(JSON.stringify(value) ?? 'nothing').slice(0, 400);
}
