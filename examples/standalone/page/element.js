/**
 * Makes an element. Texts become text nodes, so that nothing is ever read as HTML.
 *
 * @param {string} tag - with classes, as in `p.hint`
 * @param {Record<string, unknown>} properties - of the element; names with a hyphen are attributes
 * @param {...(Node | string | false | undefined | null)} children - what is not there is left out
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const made = document.createElement(name);
  if (classes.length > 0) made.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-')) made.setAttribute(key, String(value));
    else made[key] = value;
  }
  made.append(...children.filter(child => child || child === ''));
  return made;
}
