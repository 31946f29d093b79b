// The photos of the demo people, each with words for what is drawn.
import {
  books,
  box,
  cup,
  disc,
  hills,
  holds,
  type Layer,
  loaf,
  map,
  paint,
  plant,
  radio,
  sea,
  when,
  windows,
} from './scenes.ts';

/** What is drawn, and what it is called by those who cannot see it. */
const photos = {
  'map-river': {
    alt: 'A hand-drawn map: a blue river winds across, a red and an orange path beside it, and thin contour lines circle a hill.',
    layers: () => map('f4ecd8', 'c9b48c', '7fb2d1', ['c0392b', 'd35400']),
  },
  'map-walk': {
    alt: 'A map on pale paper with four paths in different colors beside a river.',
    layers: () => map('faf6ea', 'd9cba8', '9cc4d8', ['8e44ad', '27ae60', 'e67e22', '2c3e50']),
  },
  'map-night': {
    alt: 'A dark blue map with three bright paths: yellow, pink and white.',
    layers: () => map('1d2733', '34495e', '2e6f95', ['f1c40f', 'ff7eb6', 'ecf0f1']),
  },
  'hills-fog': {
    alt: 'Three ridges in grey and green, one behind the other, under a pale sky with a faint sun.',
    layers: () => hills(['eef2f3', 'd6dfe0'], disc('eef2f3', 2, 0.4, 0.3), ['b9c6c3', '93a89f', '66806f']),
  },
  'hills-noon': {
    alt: 'Green hills under a blue sky with a small white sun.',
    layers: () => hills(['6db3f2', 'cfe8fb'], disc('ffffff', 3, 0.6, 0.22), ['9cc76b', '6fa84a', '3f7a35']),
  },
  'hills-dusk': {
    alt: 'Violet hills at dusk, and a big orange sun that is half behind them.',
    layers: () => hills(['3b2a5a', 'f2935c'], disc('ffb347', 1.4, 1.25, 0.5), ['6c4675', '4a3260', '2b1f3f']),
  },
  'train-dusk': {
    alt: 'Seen through the window of a train: dark hills against a red evening sky, with the black frame of the window around.',
    layers: () => [
      ...hills(['2c3e66', 'e8795a'], disc('ffd9a0', 2.8, 1.1, 0.3), ['5b3b57', '3a2a45', '1f1830']),
      box('14110f', -1, -1, 5, 0.2),
      box('14110f', -1, 2.6, 5, 4),
      box('14110f', -1, -1, 0.25, 4),
      box('14110f', 3.75, -1, 5, 4),
      box('14110f', 1.96, -1, 2.04, 4),
    ],
  },
  'sea-morning': {
    alt: 'A calm sea in the morning under a pink sky, with a low yellow sun and its glitter on the water.',
    layers: () => sea(['f7cfd0', 'fdebd3'], disc('ffe08a', 2.6, 1.45, 0.28), '8fb8c9', 'fff3c9'),
  },
  'sea-dusk': {
    alt: 'A wide water at dusk, a red sun just above it, and two thin masts with wires on the left.',
    layers: () => [
      ...sea(['40304f', 'f08a4b'], disc('ff5e3a', 2.6, 1.55, 0.3), '503a55', 'ffb27a'),
      box('1c1420', 0.6, 0.5, 0.63, 1.8),
      box('1c1420', 1.2, 0.7, 1.23, 1.8),
    ],
  },
  'sea-moon': {
    alt: 'A black sea at night with a full moon and a path of light on the waves.',
    layers: () => sea(['0b1026', '28365c'], disc('f5f3e7', 2.6, 0.7, 0.26), '0f1830', 'c8d2ea'),
  },
  'bread-rye': {
    alt: 'A long, dark brown loaf with slanted cuts, on a wooden board.',
    layers: () => loaf('c19a6b', '5f3d22', 'b58a5c', 1.35),
  },
  'bread-dark': {
    alt: 'A loaf that is almost black, with light cuts, on a grey board.',
    layers: () => loaf('8d8a85', '33221a', 'd9b98a', 1.2),
  },
  'bread-round': {
    alt: 'A round golden loaf with cuts across, on a pale board.',
    layers: () => loaf('e0c9a0', 'c98a3d', 'f3dcb0', 0.85),
  },
  'plant-fig': {
    alt: 'A plant with seven big green leaves in a clay pot, against a light wall.',
    layers: () => plant(['f7f3ea', 'e8dfcf'], 'b5603c', '2f7d4f', '9fd3a8', 7),
  },
  'plant-moss': {
    alt: 'A small plant with many short dark green leaves in a grey pot.',
    layers: () => plant(['dfe7df', 'c9d5c9'], '7f8c8d', '3d5a32', '5f8a4f', 13),
  },
  'plant-window': {
    alt: 'A plant with five leaves in a blue pot, in orange morning light.',
    layers: () => plant(['ffd9a0', 'ffb36b'], '34608c', '4f8a3c', 'd8f0b0', 5),
  },
  'plant-tomato': {
    alt: 'A tomato plant in a red pot, with three ripe tomatoes among its leaves.',
    layers: () => [
      ...plant(['e9f3fb', 'd2e6f5'], 'a33b2c', '4c9a4a', 'b9e2a5', 9),
      disc('d7301f', 1.6, 1.2, 0.15),
      disc('e04a2f', 2.3, 1, 0.14),
      disc('c92a1b', 2.55, 1.5, 0.15),
    ],
  },
  'radio-red': {
    alt: 'An old red radio with a round grille, a pale dial and two knobs, on a wooden table.',
    layers: () => radio('9b2d20', 'e3d5b8', 'f7efd9'),
  },
  'radio-green': {
    alt: 'A portable radio in green, with a grey grille, two knobs and a short aerial.',
    layers: () => radio('3f8f63', 'bfc5c1', 'eef5ee'),
  },
  'windows-night': {
    alt: 'A dark house front with twenty windows at night; eleven of them are lit in yellow.',
    layers: () => windows('1b1e2b', '0d0f18', 'f6c667', (n) => (n * 11) % 20 < 11),
  },
  'windows-rain': {
    alt: 'Grey windows in the rain, streaks of water over all of them, one window lit.',
    layers: () => [
      ...windows('5b6672', '3c454f', 'f3d9a4', (n) => n === 7),
      when('8794a0', (x, y) => (x * 9 + y * 2.2) % 1 < 0.05),
    ],
  },
  'windows-blue': {
    alt: 'A house front at the blue hour: every third window is lit.',
    layers: () => windows('3a4f7a', '22304f', 'ffdf8e', (n) => n % 3 === 0),
  },
  'cup-white': {
    alt: 'A white cup of tea seen from above, on a dark table.',
    layers: () => cup(['3b2f2a', '231b18'], 'f5f2ec', 'b5702f'),
  },
  'cup-green': {
    alt: 'A green cup with pale tea, seen from above on a light table.',
    layers: () => cup(['ead9bd', 'd9c19a'], '6f9a7d', 'd8d48a'),
  },
  'cup-black': {
    alt: 'Black coffee in a blue cup, seen from above on a grey table.',
    layers: () => cup(['b9bec4', '979ea6'], '2f5d8a', '21140d'),
  },
  'books-row': {
    alt: 'Ten books in a row on a shelf, in red, blue, green and ochre.',
    layers: () =>
      books('efe6d6', [
        '8c2f2b',
        '2f4b6e',
        '3f6b4a',
        'c48a2c',
        '5a3a5e',
        '8c2f2b',
        '2a5d63',
        'b5552f',
        '40506b',
        '7a8c3a',
      ]),
  },
  'books-warm': {
    alt: 'Nine books in shades of orange and brown on a shelf, against a dark wall.',
    layers: () =>
      books('3a2c28', [
        'd9822b',
        'b5552f',
        'e6b15a',
        '8c4a2b',
        'c96f3b',
        'a33b2c',
        'e0a050',
        '77472c',
        'd06a2f',
      ]),
  },
  'wall-holds': {
    alt: 'A climbing wall with holds in red, yellow and blue on light panels.',
    layers: () => holds(['e6e2da', 'cfc8bb'], ['c0392b', 'f1c40f', '2980b9']),
  },
  'wall-blue': {
    alt: 'A dark blue climbing wall with white, orange and green holds.',
    layers: () => holds(['22354f', '15233a'], ['ecf0f1', 'e67e22', '2ecc71']),
  },
} as const satisfies Record<string, { alt: string; layers: () => readonly Layer[] }>;

export type PhotoName = keyof typeof photos;

/** What is to be seen on a photo. */
export function photoText(name: PhotoName): string {
  return photos[name].alt;
}

/** A photo, as a PNG. */
export function drawPhoto(name: PhotoName): Promise<Buffer> {
  return paint(photos[name].layers());
}
