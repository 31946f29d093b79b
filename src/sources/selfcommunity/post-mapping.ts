import type { SourceIdentity, SourceLocation, SourcePhoto, SourcePoll, SourcePost } from '../records.ts';
import {
  type ChoicePayload,
  type ContributionPayload,
  type MediaPayload,
  type PollPayload,
  sharedObject,
  type UnitPayload,
} from './feed-payloads.ts';
import { mapIdentity } from './mapping.ts';

/** Nothing says that the ids of discussions, posts and statuses are apart: with its kind, each is. */
const idOf = (kind: string, id: string): string => `${kind.toLowerCase()}:${id}`;

const inOrder = <Item extends { order: number | null }>(items: readonly Item[]): Item[] =>
  items.toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0));

// Not with the sanitiser: it takes twelve seconds for a megabyte of nested tags, and nothing is shown of this.
const mention = /<mention\s([^<>]{1,300})>([^<>]{0,300})/gi;
const mentionId = /(?:^|\s)id\s*=\s*["']?([^\s"']{1,50})/i;

/** Who is named in the text: `<mention id="7" extid="…">@ada</mention>`. */
function mentionsOf(html: string): SourceIdentity[] {
  const found = new Map<string, SourceIdentity>();
  for (const [, attributes = '', words = ''] of html.matchAll(mention)) {
    const externalId = mentionId.exec(attributes)?.[1];
    if (externalId === undefined || found.has(externalId)) continue;
    found.set(externalId, { externalId, accountName: words.trim().replace(/^@/, '') || null });
  }
  return [...found.values()];
}

function photosOf(medias: readonly MediaPayload[], postId: string): SourcePhoto[] {
  return medias.flatMap((media) => {
    const url = media.image ?? media.url;
    if ((media.type !== 'image' && media.type !== 'eimage') || url === null) return [];
    return {
      externalId: media.id,
      postId,
      url,
      description: media.description ?? media.title,
      width: media.image_width,
      height: media.image_height,
      createdAt: media.added_at,
    };
  });
}

const linkTypes: readonly (string | null)[] = ['url', 'embed', 'doc', 'share'];

function linksOf(medias: readonly MediaPayload[]): SourcePost['links'] {
  return medias.flatMap((media) => {
    const url = media.url ?? media.embed?.url ?? null;
    if (!linkTypes.includes(media.type) || url === null) return [];
    return { url, title: media.title, description: media.description, imageUrl: media.image };
  });
}

/** What a share passes on. The metadata names it; whose it is, is not said. */
function rootOf(medias: readonly MediaPayload[]): SourcePost['root'] | undefined {
  const share = medias.find(
    ({ type, embed }) => type === 'share' && embed?.embed_type === 'sc_shared_object',
  );
  if (!share) return undefined;
  const shared = sharedObject.safeParse(share.embed?.metadata);
  return shared.success ? { externalId: idOf(shared.data.type, shared.data.id), author: null } : null;
}

/** 2020 had the votes in the poll, each with its choice: they count where the choice itself tells no number. */
function votesFor(choice: ChoicePayload, poll: PollPayload): number {
  const told = choice.vote_count ?? choice.count_votes ?? choice.votes;
  return (
    told ?? poll.votes.filter((vote) => vote.choice === choice.id || vote.choice === choice.choice).length
  );
}

function pollOf(poll: PollPayload): SourcePoll {
  return {
    externalId: poll.id,
    question: poll.title ?? '',
    multipleChoice: poll.multiple_choices ?? false,
    isHidden: poll.hidden ?? false,
    isClosed: poll.closed ?? false,
    expiresAt: poll.expiration_at,
    choices: inOrder(poll.choices.filter(({ deleted }) => !deleted)).map((choice) => ({
      externalId: choice.id,
      text: choice.choice ?? '',
      votes: votesFor(choice, poll),
    })),
  };
}

function locationOf({ location }: ContributionPayload): SourceLocation | null {
  if (!location) return null;
  const { location: name, lat: latitude, lng: longitude } = location;
  if (name === null && (latitude === null || longitude === null)) return null;
  return { name, latitude, longitude };
}

/** Addressed to nobody in particular. A group or an event is taken as closed where it does not say that it is open. */
function isPublic({ addressing, recipients, group, event }: ContributionPayload): boolean {
  const isOpen = [group, event].every((place) => !place || place.privacy?.toLowerCase() === 'public');
  return isOpen && addressing.length === 0 && recipients.length === 0;
}

/** As Kith has it: what asks is a poll, and a discussion is what has a title. */
function typeOf(
  { kind, contribution }: UnitPayload,
  root: SourcePost['root'] | undefined,
): SourcePost['type'] {
  if (root !== undefined) return 'RESHARE';
  if (contribution.poll) return 'POLL';
  return kind === 'discussion' && contribution.title !== null ? 'DISCUSSION' : 'STATUS';
}

/** @returns null for what is deleted, or not published yet. */
export function mapPost(unit: UnitPayload): SourcePost | null {
  const { kind, contribution } = unit;
  if (contribution.deleted || contribution.draft) return null;
  const externalId = idOf(kind, contribution.id);
  const medias = inOrder(contribution.medias);
  const root = rootOf(medias);
  const { author, html } = contribution;
  return {
    externalId,
    type: typeOf(unit, root),
    author: {
      ...mapIdentity(author),
      displayName: author.real_name,
      avatarUrl: author.avatar ?? author.avatar_url,
    },
    isPublic: isPublic(contribution),
    title: contribution.title,
    slug: contribution.slug,
    body: { html: html ?? '' },
    summary: contribution.summary,
    isNsfw: false,
    isCollapsed: contribution.collapsed ?? false,
    provider: null,
    location: locationOf(contribution),
    photos: photosOf(medias, externalId),
    links: linksOf(medias),
    poll: contribution.poll ? pollOf(contribution.poll) : null,
    tags: contribution.tags.flatMap(({ name }) => name?.trim().replace(/^#/, '').toLowerCase() ?? []),
    categories: contribution.categories.flatMap(({ id, name }) => name ?? id ?? []),
    mentions: html === null ? [] : mentionsOf(html),
    root: root ?? null,
    counters: {
      comments: contribution.comment_count ?? 0,
      likes: contribution.vote_count ?? 0,
      reshares: contribution.share_count ?? 0,
      followers: contribution.follower_count ?? contribution.followers ?? 0,
      views: contribution.view_count ?? 0,
    },
    createdAt: contribution.added_at,
    updatedAt: contribution.last_edited_at,
  };
}
