// Pictures drawn by code: flags of stripes, and avatars of a few soft shapes.
import sharp from 'sharp';

export type Color = readonly [red: number, green: number, blue: number];

/** A color of six hexadecimal digits. */
export const hex = (text: string): Color =>
  [0, 2, 4].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as never;

/** Pride flags as stripes from top to bottom. */
export const flagStripes = {
  Rainbow: ['e40303', 'ff8c00', 'ffed00', '008026', '24408e', '732982'],
  Transgender: ['5bcefa', 'f5a9b8', 'ffffff', 'f5a9b8', '5bcefa'],
  Nonbinary: ['fcf434', 'ffffff', '9c59d1', '2c2c2c'],
  Bisexual: ['d60270', 'd60270', '9b4f96', '0038a8', '0038a8'],
  Asexual: ['000000', 'a3a3a3', 'ffffff', '800080'],
  Lesbian: ['d52d00', 'ff9a56', 'ffffff', 'd362a4', 'a30262'],
  Genderfluid: ['ff76a4', 'ffffff', 'c011d7', '000000', '2f3cbe'],
  Pansexual: ['ff218c', 'ffd800', '21b1ff'],
} as const;
export type FlagName = keyof typeof flagStripes;

/** A PNG whose pixels are these colors. */
function draw(width: number, height: number, colorAt: (x: number, y: number) => Color): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels.set(colorAt(x, y), (y * width + x) * 3);
  }
  return toPng(pixels, width, height);
}

/** Pixels, three bytes each and row by row, as a PNG. It is read again at once, so it need not be small. */
export function toPng(pixels: Buffer, width: number, height: number): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** A flag, five to three. */
export function drawFlag(name: FlagName): Promise<Buffer> {
  const stripes = flagStripes[name].map(hex);
  const height = 256;
  return draw(427, height, (_x, y) => stripes[Math.floor((y * stripes.length) / height)] ?? [0, 0, 0]);
}

/** A picture of three discs over each other, another one for every seed. */
export function drawAvatar(seed: number): Promise<Buffer> {
  const size = 200;
  const random = (n: number) => {
    const value = Math.sin(seed * 127.1 + n * 311.7) * 43758.5453;
    return value - Math.floor(value);
  };
  const ground = hue(random(0), 0.92);
  const discs = [1, 2, 3].map((n) => ({
    x: random(n * 10) * size,
    y: random(n * 10 + 1) * size,
    radius: size * (0.2 + 0.25 * random(n * 10 + 2)),
    color: hue(random(0) + n * 0.27, 0.85 - n * 0.12),
  }));
  return draw(
    size,
    size,
    (x, y) => discs.findLast((disc) => Math.hypot(x - disc.x, y - disc.y) < disc.radius)?.color ?? ground,
  );
}

/** A wide picture of hills, for the top of a page. */
export function drawCover(seed: number): Promise<Buffer> {
  const [width, height] = [800, 200];
  return draw(width, height, (x, y) => {
    const hill = [0, 1, 2].findLast((n) => {
      const crest = height * (0.3 + 0.2 * n) + 20 * Math.sin(x / (55 + 25 * n) + seed + n * 2);
      return y > crest;
    });
    return hue(seed * 0.17 + (hill ?? -1) * 0.06, hill === undefined ? 0.95 : 0.75 - hill * 0.18);
  });
}

/** A color of the wheel (0–1 around it), pale or dark. */
function hue(turn: number, light: number): Color {
  const channel = (shift: number) => {
    const wave = 0.5 + 0.5 * Math.cos(2 * Math.PI * (turn + shift));
    return Math.round(255 * light * (0.55 + 0.45 * wave));
  };
  return [channel(0), channel(1 / 3), channel(2 / 3)];
}
