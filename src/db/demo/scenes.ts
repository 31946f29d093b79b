// What the photos of the demo people show, drawn by code: a few kinds of scenes in many colors.
import { type Color, hex, toPng } from './pictures.ts';

/** What is painted over what is there: a color where it is. Across and down go from 0 to 4 and to 3. */
export interface Layer {
  is: (x: number, y: number) => boolean;
  color: (y: number) => Color;
  /** It is nowhere outside of this. */
  within: Bounds;
}
type Bounds = readonly [left: number, top: number, right: number, bottom: number];

const width = 480;
const height = 360;
const scale = width / 4;

const everywhere: Bounds = [0, 0, 4, 3];

const inDisc = (x: number, y: number, atX: number, atY: number, radius: number) =>
  (x - atX) ** 2 + (y - atY) ** 2 < radius ** 2;
const inBox = (x: number, y: number, [left, top, right, bottom]: Bounds) =>
  x > left && x < right && y > top && y < bottom;

/** One color above, another one below, and all between them. */
function fade(above: string, below: string): Layer {
  const [from, to] = [hex(above), hex(below)];
  const rows = Array.from({ length: 64 }, (_, i): Color => {
    const mix = (a: number, b: number) => Math.round(a + ((b - a) * i) / 63);
    return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])];
  });
  return {
    is: () => true,
    color: (y) => rows[Math.min(63, Math.floor((y / 3) * 64))] ?? from,
    within: everywhere,
  };
}

export function when(color: string, is: Layer['is'], within = everywhere): Layer {
  const painted = hex(color);
  return { is, color: () => painted, within };
}

const around = (x: number, y: number, wide: number, high: number): Bounds => [
  x - wide,
  y - high,
  x + wide,
  y + high,
];
export const disc = (color: string, atX: number, atY: number, radius: number) =>
  when(color, (x, y) => inDisc(x, y, atX, atY, radius), around(atX, atY, radius, radius));
export const box = (color: string, ...bounds: [number, number, number, number]) =>
  when(color, (x, y) => inBox(x, y, bounds), bounds);
const oval = (color: string, atX: number, atY: number, wide: number, high: number) =>
  when(color, (x, y) => ((x - atX) / wide) ** 2 + ((y - atY) / high) ** 2 < 1, around(atX, atY, wide, high));

export function hills(sky: [string, string], sun: Layer, colors: readonly string[]): Layer[] {
  const crests = colors.map((color, n) =>
    when(color, (x, y) => y > 1.3 + 0.42 * n + 0.25 * Math.sin(x * (1.1 + 0.35 * n) + n * 2.1), [
      0,
      1 + 0.42 * n,
      4,
      3,
    ]),
  );
  return [fade(...sky), sun, ...crests];
}

export function sea(sky: [string, string], light: Layer, water: string, glint: string): Layer[] {
  const waves = (x: number, y: number) =>
    Math.sin(y * y * 14) > 0.7 && Math.abs(x - 2.6 + 0.2 * Math.sin(y * 40)) < (y - 1.6) * 0.5;
  return [fade(...sky), light, box(water, -1, 1.7, 5, 4), when(glint, waves, [0, 1.75, 4, 3])];
}

/** Ways over paper: each a line from left to right. */
export function map(paper: string, ink: string, water: string, ways: readonly string[]): Layer[] {
  const river = (x: number) => 1.5 + 0.5 * Math.sin(x * 1.3);
  const contours = (x: number, y: number) =>
    Math.abs(((Math.hypot(x - 3.2, (y - 0.6) * 1.3) * 5) % 1) - 0.5) < 0.05 && x + (3 - y) > 3.2;
  const lines = ways.map((color, n) =>
    when(
      color,
      (x, y) => Math.abs(y - (0.5 + 0.6 * n) - 0.35 * Math.sin(x * (1.8 + n * 0.4) + n * 2)) < 0.035,
      [0, 0.1 + 0.6 * n, 4, 0.9 + 0.6 * n],
    ),
  );
  return [
    fade(paper, paper),
    when(ink, contours),
    when(water, (x, y) => Math.abs(y - river(x)) < 0.12, [0, 0.8, 4, 2.2]),
    ...lines,
  ];
}

export function loaf(board: string, crust: string, slash: string, wide: number): Layer[] {
  const cuts = (x: number, y: number) =>
    Math.abs(((x - y * 0.5 + 4) % 0.6) - 0.3) < 0.06 &&
    ((x - 2) / (wide * 0.8)) ** 2 + ((y - 1.55) / 0.45) ** 2 < 1;
  return [
    fade('e9e1d4', 'cfc3b0'),
    box(board, 0.3, 1.2, 3.7, 2.6),
    oval(crust, 2, 1.6, wide, 0.75),
    when(slash, cuts, around(2, 1.55, wide, 0.45)),
  ];
}

export function plant(
  wall: [string, string],
  pot: string,
  leaf: string,
  vein: string,
  leaves: number,
): Layer[] {
  const all = Array.from({ length: leaves }, (_, n) => {
    const turn = Math.PI * (1.1 + (0.8 * n) / Math.max(1, leaves - 1));
    const reach = 0.75 + 0.2 * Math.sin(n * 2.4);
    const [atX, atY] = [2 + Math.cos(turn) * reach, 2 + Math.sin(turn) * reach * 1.3];
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const along = (x: number, y: number) => (x - atX) * cos + (y - atY) * sin;
    const beside = (x: number, y: number) => (y - atY) * cos - (x - atX) * sin;
    const near = around(atX, atY, 0.55, 0.55);
    return [
      when(leaf, (x, y) => (along(x, y) / 0.55) ** 2 + (beside(x, y) / 0.2) ** 2 < 1, near),
      when(vein, (x, y) => Math.abs(beside(x, y)) < 0.015 && Math.abs(along(x, y)) < 0.5, near),
    ];
  }).flat();
  const inPot = (x: number, y: number) => y > 2 && y < 2.75 && Math.abs(x - 2) < 0.75 - (y - 2) * 0.35;
  return [fade(...wall), box('8b6f55', -1, 2.6, 5, 4), ...all, when(pot, inPot, [1, 2, 3, 2.75])];
}

export function radio(body: string, grille: string, dial: string): Layer[] {
  const holes = (x: number, y: number) =>
    inDisc(x, y, 1.5, 1.65, 0.6) && inDisc((x * 10) % 1, (y * 10) % 1, 0.5, 0.5, 0.3);
  return [
    fade('ece7de', 'b9ad9b'),
    box('6b4f3a', -1, 2.4, 5, 4),
    box('555555', 3.1, 0.2, 3.14, 0.9),
    box(body, 0.5, 0.85, 3.5, 2.5),
    disc(grille, 1.5, 1.65, 0.68),
    when(body, holes, around(1.5, 1.65, 0.6, 0.6)),
    box(dial, 2.35, 1.1, 3.3, 1.45),
    box('c0392b', 2.9, 1.1, 2.93, 1.45),
    disc(grille, 2.55, 1.95, 0.2),
    disc(grille, 3.1, 1.95, 0.2),
  ];
}

export function windows(wall: string, dark: string, lit: string, isLit: (n: number) => boolean): Layer[] {
  const panes = Array.from({ length: 20 }, (_, n) => {
    const [left, top] = [0.2 + 0.8 * (n % 5), 0.15 + 0.75 * Math.floor(n / 5)];
    return box(isLit(n) ? lit : dark, left, top, left + 0.4, top + 0.47);
  });
  return [fade(wall, wall), ...panes];
}

export function cup(table: [string, string], china: string, drink: string): Layer[] {
  return [
    fade(...table),
    disc('3a332d', 2.07, 1.62, 1.15),
    disc(china, 2, 1.5, 1.15),
    disc('d8d2c8', 2, 1.5, 0.85),
    box(china, 2.6, 1.38, 3.25, 1.62),
    disc(china, 2, 1.5, 0.72),
    disc(drink, 2, 1.5, 0.62),
  ];
}

export function books(wall: string, spines: readonly string[]): Layer[] {
  const row = spines.map((color, n) =>
    box(color, 0.3 + n * 0.34, 0.6 + 0.22 * Math.abs(Math.sin(n * 1.7)), 0.3 + (n + 1) * 0.34 - 0.03, 2.4),
  );
  const titles = spines.map((_, n) => box('f3ead7', 0.42 + n * 0.34, 1.2, 0.5 + n * 0.34, 1.9));
  return [fade(wall, wall), ...row, ...titles, box('6b4f3a', -1, 2.4, 5, 2.6)];
}

export function holds(wall: [string, string], colors: readonly string[]): Layer[] {
  const all = Array.from({ length: 22 }, (_, n) => {
    const [atX, atY] = [0.3 + ((n * 1.37) % 3.4), 0.25 + ((n * 0.83) % 2.6)];
    return oval(
      colors[n % colors.length] ?? '000000',
      atX,
      atY,
      0.12 + 0.05 * (n % 3),
      0.09 + 0.04 * (n % 2),
    );
  });
  const joints = [1, 2, 3].flatMap((n) => [
    box('8a8577', n, -1, n + 0.03, 4),
    box('8a8577', -1, n, 5, n + 0.03),
  ]);
  return [fade(...wall), ...joints, ...all];
}

/** Paints layers over each other. @returns a PNG. */
export function paint(layers: readonly Layer[]): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3);
  for (const { is, color, within } of layers) {
    const [left, top, right, bottom] = within.map((edge) => Math.round(edge * scale));
    for (let row = Math.max(0, top ?? 0); row < Math.min(height, bottom ?? height); row++) {
      const [red, green, blue] = color(row / scale);
      for (let column = Math.max(0, left ?? 0); column < Math.min(width, right ?? width); column++) {
        if (!is(column / scale, row / scale)) continue;
        const at = (row * width + column) * 3;
        pixels[at] = red;
        pixels[at + 1] = green;
        pixels[at + 2] = blue;
      }
    }
  }
  return toPng(pixels, width, height);
}
