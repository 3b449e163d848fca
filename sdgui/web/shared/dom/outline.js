// @ts-check
// Small drawings of lines, in the colour of the text beside them.

const SVG = "http://www.w3.org/2000/svg";

/** A path in a square, which nobody hears of. @param {string} path @param {number} side of the square @param {Record<string, string | number>} said attributes of the drawing */
export function outline(path, side, said) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${side} ${side}`, "aria-hidden": "true", ...said })) svg.setAttribute(name, String(value));
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
