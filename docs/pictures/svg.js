/** A screen that tmux captured (`capture-pane -peN`), as an SVG of text. Knows nothing of sessions. */

/** Of a cell, in pixels: DejaVu Sans Mono at 14 px, which box drawing of other fonts comes near to. */
const CELL = { width: 8.43, height: 17 };
const FONT = 14;
/** From the top of a row to the line on which letters stand, in pixels. */
const BASE = 13;
const MARGIN = 10;
const PLAIN = { fg: '#d0d0d0', bg: '#1c1c1c' };
/** The sixteen colours, as xterm has them but for the blues, which are hard to read on black. */
const NAMED = [
  ...['#000000', '#cd3131', '#4e9a06', '#c4a000', '#5f87d7', '#a374c4', '#06989a', '#d0d0d0'],
  ...['#6c6c6c', '#ef5350', '#8ae234', '#fce94f', '#87afff', '#d7a0ff', '#34e2e2', '#ffffff'],
];

/** Colour `index` of 256 (xterm: 16 named, a cube of 6x6x6, 24 greys). */
function paletteColour(index) {
  if (index < 16) return NAMED[index];
  if (index >= 232) return `rgb(${Array(3).fill(8 + (index - 232) * 10)})`;
  const level = (step) => (step === 0 ? 0 : 55 + step * 40);
  const at = index - 16;
  return `rgb(${[Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(level)})`;
}

/** The look after SGR `params`. */
function styled(before, params) {
  const style = { ...before };
  const list = params === '' ? [0] : params.split(/[;:]/).map(Number);
  for (let i = 0; i < list.length; i++) {
    const code = list[i];
    if (code === 0) for (const key of Object.keys(style)) delete style[key];
    else if (code === 1) style.bold = true;
    else if (code === 2) style.faint = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 7) style.reverse = true;
    else if (code === 22) style.bold = style.faint = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 27) style.reverse = false;
    else if (code === 38 || code === 48) {
      const colour = list[i + 1] === 5 ? paletteColour(list[i + 2]) : `rgb(${list.slice(i + 2, i + 5)})`;
      style[code === 38 ? 'fg' : 'bg'] = colour;
      i += list[i + 1] === 5 ? 2 : 4;
    } else if (code === 39) style.fg = undefined;
    else if (code === 49) style.bg = undefined;
    else if (code >= 30 && code < 38) style.fg = NAMED[code - 30];
    else if (code >= 40 && code < 48) style.bg = NAMED[code - 40];
    else if (code >= 90 && code < 98) style.fg = NAMED[code - 82];
    else if (code >= 100 && code < 108) style.bg = NAMED[code - 92];
  }
  return style;
}

/** Rows of runs: `{ x, text, style }`, each of one look. */
function rowsOf(capture) {
  let style = {};
  return capture
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const runs = [];
      let x = 0;
      for (const [, params, text] of line.matchAll(/\x1b\[([\d;:]*)m|([^\x1b\x0e\x0f]+)/g)) {
        if (params !== undefined) style = styled(style, params);
        else {
          runs.push({ x, text, style });
          x += [...text].length;
        }
      }
      return runs;
    });
}

const ESCAPED = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const px = (value) => String(Math.round(value * 100) / 100);

function drawn({ x, text, style }, y) {
  let { fg = PLAIN.fg, bg = PLAIN.bg } = style;
  if (style.reverse) [fg, bg] = [bg, fg];
  const [left, top, length] = [MARGIN + x * CELL.width, MARGIN + y * CELL.height, [...text].length * CELL.width];
  const ground =
    bg === PLAIN.bg
      ? ''
      : `<rect x="${px(left)}" y="${px(top)}" width="${px(length)}" height="${CELL.height}" fill="${bg}"/>`;
  const words = text.trimEnd();
  if (words === '') return ground;
  const look = [
    fg === PLAIN.fg ? '' : ` fill="${fg}"`,
    style.bold ? ' font-weight="bold"' : '',
    style.italic ? ' font-style="italic"' : '',
    style.underline ? ' text-decoration="underline"' : '',
    style.faint ? ' opacity="0.6"' : '',
  ].join('');
  const width = px([...words].length * CELL.width);
  const letters = words.replace(/[&<>]/g, (char) => ESCAPED[char]);
  return `${ground}<text x="${px(left)}" y="${px(top + BASE)}" textLength="${width}"${look}>${letters}</text>`;
}

/** @param cursor `{ x, y }`, or null when it is hidden */
export function svgOf(capture, cols, cursor, title) {
  const rows = rowsOf(capture);
  const [width, height] = [cols * CELL.width + 2 * MARGIN, rows.length * CELL.height + 2 * MARGIN].map(px);
  const block =
    cursor === null
      ? ''
      : `<rect x="${px(MARGIN + cursor.x * CELL.width)}" y="${px(MARGIN + cursor.y * CELL.height)}" width="${CELL.width}" height="${CELL.height}" fill="#d0d0d0" opacity="0.6"/>`;
  const lines = rows.map((runs, y) => runs.map((run) => drawn(run, y)).join('')).filter((line) => line !== '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="${FONT}" fill="${PLAIN.fg}" xml:space="preserve" role="img"><title>${title}</title>
<rect width="100%" height="100%" rx="6" fill="${PLAIN.bg}"/>
${lines.join('\n')}
${block}</svg>
`;
}
