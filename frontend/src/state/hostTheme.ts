/** Whether the host around an element looks light or dark: as it says, else as it is painted. */
export type Look = "light" | "dark";

const LOOKS = ["dark", "light"] as const satisfies readonly Look[];
const MARK = /theme|mode|scheme/;

/** What starts at the element's parent and ends at the document's root. */
export function ancestors(element: Element): Element[] {
  const chain: Element[] = [];
  for (let at = element.parentElement; at; at = at.parentElement) chain.push(at);
  return chain;
}

/** `class="dark"`, `data-theme="dark"`, `data-bs-theme="dark"`...: what themes are switched by. */
function marked({ classList, attributes }: Element): Look | undefined {
  const names = [...classList];
  return LOOKS.find(
    (look) =>
      names.some((name) => [look, `${look}-mode`, `${look}-theme`, `theme-${look}`].includes(name)) ||
      [...attributes].some(({ name, value }) => name.startsWith("data-") && MARK.test(name) && value === look),
  );
}

/** How light a colour is from 0 to 1; null where one sees through it. */
function lightness(colour: string): number | null {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return null;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
  return alpha < 128 ? null : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

export function hostLook(element: Element, system: Look): Look {
  const around = ancestors(element);
  for (const ancestor of around) {
    const look = marked(ancestor);
    if (look) return look;
  }
  const [parent] = around;
  const schemes = parent ? getComputedStyle(parent).colorScheme.split(" ") : [];
  const declared = LOOKS.filter((look) => schemes.includes(look));
  if (declared.length === 1 && declared[0]) return declared[0];
  for (const ancestor of around) {
    const ground = lightness(getComputedStyle(ancestor).backgroundColor);
    if (ground !== null) return ground < 0.5 ? "dark" : "light";
  }
  return declared.length === 2 ? system : "light";
}

/** Calls the listener when a theme may have been switched: an attribute of an ancestor, or the end of its fading. */
export function watchHost(element: Element, listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  for (const ancestor of ancestors(element)) observer.observe(ancestor, { attributes: true });
  const onFaded = ({ target }: Event) => target instanceof Node && target.contains(element) && listener();
  document.addEventListener("transitionend", onFaded);
  return () => {
    observer.disconnect();
    document.removeEventListener("transitionend", onFaded);
  };
}
