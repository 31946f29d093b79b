import type { SourcePhoto, SourcePoll, SourcePost } from '../records.ts';
import type { OEmbedPayload, OpenGraphPayload, PhotoPayload, PollPayload, PostPayload } from './payloads.ts';
import { picture, toIdentity, toShortPerson } from './person.ts';

/** @returns nothing where it has no picture in any size. @param post of photos that do not name it themselves. */
export function toPhotos(photo: PhotoPayload, post: string | null = null): SourcePhoto[] {
  const url = picture(photo.sizes);
  if (url === null) return [];
  return [
    {
      externalId: photo.guid ?? null,
      postId: photo.post ?? post,
      url,
      description: null,
      width: photo.dimensions?.width ?? null,
      height: photo.dimensions?.height ?? null,
      createdAt: photo.created_at ?? null,
    },
  ];
}

function toPoll({ guid, question, poll_answers }: PollPayload): SourcePoll {
  return {
    externalId: guid,
    question,
    multipleChoice: false,
    isHidden: false,
    isClosed: false,
    expiresAt: null,
    choices: poll_answers.map(({ id, answer, vote_count }) => ({
      externalId: id,
      text: answer,
      votes: vote_count,
    })),
  };
}

/** A server tells but one of the two, the oEmbed where it has both. */
function toLinks(
  openGraph: OpenGraphPayload | null | undefined,
  oEmbed: OEmbedPayload | null | undefined,
): SourcePost['links'] {
  const links = [
    oEmbed && {
      url: oEmbed.url,
      title: oEmbed.title,
      description: null,
      imageUrl: oEmbed.thumbnail_url,
    },
    openGraph && {
      url: openGraph.url,
      title: openGraph.title,
      description: openGraph.description,
      imageUrl: openGraph.image,
    },
  ];
  return links.flatMap((link) => (link?.url ? [{ ...link, url: link.url }] : []));
}

type Contents = Pick<
  SourcePost,
  'type' | 'body' | 'location' | 'photos' | 'links' | 'poll' | 'mentions' | 'root'
>;

function toStatus(post: PostPayload): Contents {
  const { location, poll } = post;
  return {
    type: poll ? 'POLL' : 'STATUS',
    body: { markdown: post.body },
    location: location ? { name: location.address, latitude: location.lat, longitude: location.lng } : null,
    photos: post.photos.flatMap((photo) => toPhotos(photo, post.guid)),
    links: toLinks(post.open_graph_object, post.oembed),
    poll: poll ? toPoll(poll) : null,
    mentions: post.mentioned_people.map(toIdentity),
    root: null,
  };
}

/** A reshare repeats all that its root has: those are not its author's words, and the root has them. */
function toReshare({ root }: PostPayload): Contents {
  return {
    type: 'RESHARE',
    body: { markdown: '' },
    location: null,
    photos: [],
    links: [],
    poll: null,
    mentions: [],
    root: root ? { externalId: root.guid, author: root.author ? toIdentity(root.author) : null } : null,
  };
}

export function toPost(post: PostPayload): SourcePost {
  const own = post.own_interaction_state;
  return {
    ...(post.post_type === 'Reshare' ? toReshare(post) : toStatus(post)),
    externalId: post.guid,
    author: toShortPerson(post.author),
    isPublic: post.public,
    title: null,
    slug: null,
    summary: null,
    isNsfw: post.nsfw,
    isCollapsed: false,
    provider: post.provider_display_name,
    tags: [],
    categories: [],
    counters: { ...post.interaction_counters, followers: 0, views: 0 },
    ...(own && {
      own: { liked: own.liked, reshared: own.reshared || own.reshated, followed: own.subscribed },
    }),
    createdAt: post.created_at,
    updatedAt: null,
  };
}
