type Child = Node | string | null;

/** An element with attributes and children; text is always text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  return fill(created, attributes, children);
}

/** The same for SVG. */
export function svgElement<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Child[]
): SVGElementTagNameMap[Name] {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  return fill(created, attributes, children);
}

function fill<Created extends Element>(
  created: Created,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly Child[],
): Created {
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, String(value));
  created.append(...children.filter((child) => child !== null));
  return created;
}

/** The page's element of that id. Throws where the page has none: it and this script are built together. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}
