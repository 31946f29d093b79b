// The texts of loaded posts: some hundreds that are read and rendered once, each with a number of its own in every post.
import type { TextToLoad } from '../features/posts/bulk-store.ts';
import { writtenText } from '../features/posts/input.ts';
import { isNsfwText, slugOf } from '../features/posts/text-rules.ts';

const textCount = 512;
/** Stands for a post's number, and is as long, so that what is cut from a text is cut at the same place. */
const blank = '00000000';

/** How many numbers there are. */
export const numberCount = 10 ** blank.length;

const openings = [
  'Walk',
  'Loaf',
  'Rehearsal',
  'Letter',
  'Sketch',
  'Night train',
  'Repair',
  'Lesson',
  'Harvest',
  'Map sheet',
  'Café',
  'Bird count',
];

const sentences = [
  'Done.',
  'Nothing to add.',
  'Better than yesterday.',
  'The river is *high* again.',
  'Rain all day, and nobody minded.',
  'Who else was there? I only saw the last half hour.',
  'I had it all in a notebook, and the notebook is on the train.',
  'The rye needs another hour, the oven says otherwise.',
  'Three of the five lamps work now; the other two want parts that nobody makes any more.',
  'Somebody asked for the recipe: it is flour, water, salt and **patience**.',
  'We went the long way round, past the old mill and the allotments, and were home before it was dark.',
  'The [timetable](https://trains.example/timetable) says hourly. The platform says otherwise.',
  'Next time I will bring a second pair of gloves, a better lamp, and considerably fewer opinions.',
  'It took four attempts, two of them on the floor, until `make install` did what it says.',
  'Überraschend gut besucht, und am Ende haben alle mitgesungen.',
  'If you are near the market on Saturday, come by; there will be more of it than anybody can carry home.',
  'The altos were late, the tenors were loud, and the second movement finally sounds like what is written there.',
  'What I take from it: measure twice, ask once, and do not believe the sheet from 1974 about where the path is.',
];

const endings = [
  '',
  '',
  '',
  '#trains',
  '#bread #baking',
  '#maps',
  '#choir',
  '#repair #electronics',
  '#birds',
];

/** The text of the post with this number, of the one of all texts that a number from 0 below 65,536 chooses. */
export type TextOf = (number: number, choice: number) => TextToLoad & { slug: string };

/** Reads all texts. */
export function readTexts(): TextOf {
  const texts = Array.from({ length: textCount }, (_, i) => readText(bodyOf(i)));
  return (number, choice) => {
    const text = texts[choice % textCount];
    if (!text) throw new Error('There is a text for every choice.');
    const digits = String(number).padStart(blank.length, '0');
    const fill = (template: string) => template.replace(blank, digits);
    return {
      ...text,
      title: text.title === null ? null : fill(text.title),
      slug: fill(text.slug),
      body: fill(text.body),
      html: fill(text.html),
      summary: fill(text.summary),
    };
  };
}

/** Mostly a sentence or two, seldom many; some with a heading, some with tags. */
function bodyOf(i: number): string {
  const of = <T>(list: readonly T[], n: number) => list[n % list.length];
  const length = 1 + Math.floor(10 * ((i * 0.618) % 1) ** 4);
  const words = Array.from({ length }, (_, j) =>
    of(sentences, i * 7 + Math.floor(i / openings.length) + j * 5),
  ).join(' ');
  const ending = of(endings, i);
  const opening = of(openings, i);
  const start = i % 16 === 0 ? `# ${opening} ${blank}\n\n` : `${opening} ${blank}: `;
  return `${start}${words}${ending ? `\n\n${ending}` : ''}`;
}

/** As `createPost` reads a text. */
function readText(body: string): TextToLoad & { slug: string } {
  const { title, summary, hashtags, render } = writtenText(body);
  const { html } = render(new Map());
  return { title, slug: slugOf(title), body, html, summary, isNsfw: isNsfwText(hashtags), tags: hashtags };
}
