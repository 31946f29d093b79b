// What the feed reads of posts and of their authors, in one statement: their rows are there anyway.
import { type PostCard, postCardFor } from '../posts/card.ts';
import { type Card, cardFor } from '../users/card.ts';

export interface FeedCard {
  post: PostCard;
  /** Null where nothing is asked of them. */
  author: Card | null;
}

/** Different pairs that are kept: each is a statement on every connection. Past them authors are read by themselves. */
const maxCards = 64;

const pairs = new Map<PostCard, Map<Card | null, FeedCard>>();
let count = 0;

/**
 * The cards for a query that asks these fields of the feed's posts, and these of their authors.
 * @returns always the same object for the same ones: prepared statements are kept by it.
 */
export function feedCardFor(fields: ReadonlySet<string>, ofAuthor: ReadonlySet<string>): FeedCard {
  const post = postCardFor(fields);
  // A post without a title of its own is called after its author.
  const asked = fields.has('title') ? new Set([...ofAuthor, 'name']) : ofAuthor;
  const wanted = asked.size > 0 ? cardFor(asked) : null;
  const ofPost = pairs.get(post) ?? new Map<Card | null, FeedCard>();
  pairs.set(post, ofPost);
  const author = ofPost.has(wanted) || count < maxCards ? wanted : null;
  let card = ofPost.get(author);
  if (!card) {
    card = { post, author };
    ofPost.set(author, card);
    count++;
  }
  return card;
}
