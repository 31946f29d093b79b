import type { PhotoName } from './photos.ts';

/** A question; where nothing is said of them, its flags are false. */
export interface DemoPoll {
  question: string;
  choices: readonly string[];
  /** How much each choice is liked. */
  weights: readonly number[];
  multipleChoice?: boolean;
  isHidden?: boolean;
  showsVoters?: boolean;
  /** When its author closes it, and when it ends by itself, in days after it was asked; without either it is open. */
  closesAfter?: number;
  endsAfter?: number;
}

/** Something said under a post: by one of the five, by its `author`, or by any neighbour (`*`); `{last}` spoke before. */
export type DemoLine = readonly [who: string, what: string];

/** A post of a demo person: a text, or a text with more. It is for everybody unless it says otherwise. */
export type DemoPost = string | DemoPostWithMore;

export interface DemoPostWithMore {
  body: string;
  /** Of a discussion. */
  title?: string;
  /** Whom it is for: a visibility, or the slug of a room. */
  to?: 'FOLLOWERS' | 'CONNECTIONS' | 'ASPECTS' | 'night-trains' | 'wegewerk' | 'altos';
  photos?: readonly PhotoName[];
  links?: readonly string[];
  poll?: DemoPoll;
  place?: readonly [name: string, latitude: number, longitude: number];
  talk?: readonly DemoLine[];
  /** What it is about, of `topics`: what others say under it. */
  topic?: string;
}
