// Elements of a page, made from text, so that nothing in a name or a value is read as HTML.

export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

export const strong = (text) => make("strong", "", text);
