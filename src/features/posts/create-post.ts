import { requireScope } from '../../auth/require-viewer.ts';
import { newId } from '../../db/uuid.ts';
import { builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { idOf, requireId } from '../../graphql/node.ts';
import { validate } from '../../graphql/validate.ts';
import { withPictures } from '../media/pictures.ts';
import { ImageInput } from '../media/type.ts';
import { PollInput } from '../polls/input.ts';
import { pollShape } from '../polls/rules.ts';
import { LocationInput } from '../profile/input.ts';
import { roomRefusal } from '../rooms/act.ts';
import { postPayload, postRefusal } from './act.ts';
import { bodyInput, labelsInput, writtenText } from './input.ts';
import { maxPhotos, maxPostLinks, modifyScope, postShape, tagsOf, typeOf } from './rules.ts';
import { isNsfwText, mediaTypeOf, mediumOf } from './text-rules.ts';
import { PostTypeEnum, PostVisibilityEnum } from './type.ts';
import { insertPost } from './write-store.ts';

const PhotoInput = builder.inputType('PhotoInput', {
  description: 'A photo of a post.',
  fields: (t) => ({
    image: t.field({ type: ImageInput, required: true, description: 'The picture.' }),
    title: t.string({ description: 'What it is called, 1–255 characters on one line; null for nothing.' }),
    description: t.string({
      description: 'What is to be seen, for those who cannot, 1–1,000 characters; null for nothing.',
    }),
  }),
});

mutation('createPost', {
  description: 'Posts something.',
  scope: 'by visibility',
  towardsOthers: true,
  input: (t) => ({
    ...bodyInput(t),
    title: t.string({
      description: 'A discussion’s title, 1–255 characters on one line; a poll may have one, a status none.',
    }),
    type: t.field({
      type: PostTypeEnum,
      description: 'What kind of post; null: POLL with a poll, DISCUSSION with a title, else STATUS.',
    }),
    visibility: t.field({
      type: PostVisibilityEnum,
      required: true,
      description: 'Whom it is for; it stays so.',
    }),
    aspectIds: t.idList({
      description: 'With ASPECTS, and only then: the `id`s of aspects of the viewer’s.',
    }),
    roomId: t.id({
      description: 'With ROOM, and only then: the `id` of a room that the viewer may post in.',
    }),
    ...labelsInput(t),
    location: t.field({ type: LocationInput, description: 'Where it is written; null for not saying.' }),
    photos: t.field({ type: [PhotoInput], description: `Photos, at most ${maxPhotos}; null for none.` }),
    links: t.stringList({
      description: `URLs, at most ${maxPostLinks} of at most 256 characters; those whose paths end like videos or documents are shown as such; null for none.`,
    }),
    poll: t.field({ type: PollInput, description: 'A question to vote on; null for none.' }),
  }),
  payload: postPayload,
  run: async ({ photos, poll, ...input }, ctx, viewer) => {
    requireScope(viewer, modifyScope(input.visibility));
    const words = photos?.map(({ title, description }) => ({ title, description }));
    const checked = validate(postShape, { ...input, photos: words, hasPoll: Boolean(poll) });
    const asked = poll ? validate(pollShape(ctx.now()), poll, 'poll') : null;
    const text = writtenText(checked.body ?? '');
    const roomId = checked.roomId ? requireId('Room', checked.roomId, 'roomId') : null;
    const links = (checked.links ?? []).map((url) => ({ url, ...mediumOf(url) }));
    const { location } = checked;
    const pictures = Object.fromEntries(
      (photos ?? []).map(({ image }, i) => [
        String(i),
        {
          kind: 'photo' as const,
          source: image,
          path: ['photos', String(i), 'image'],
          isPrivate: checked.visibility !== 'PUBLIC',
        },
      ]),
    );
    const id = await withPictures(ctx, pictures, async (stored) => {
      // As late as can be: lists go by it.
      const createdAt = ctx.now();
      const postId = newId(createdAt);
      const row = {
        id: postId,
        authorId: viewer.id,
        type: typeOf(checked),
        visibility: checked.visibility,
        roomId,
        title: checked.title ?? text.title,
        hasOwnTitle: Boolean(checked.title),
        body: text.body,
        summary: text.summary,
        isNsfw: Boolean(checked.isNsfw) || isNsfwText(text.hashtags),
        provider: viewer.client,
        mediaType: mediaTypeOf(
          Boolean(photos?.length),
          links.map(({ kind }) => kind),
        ),
        locationName: location?.name ?? null,
        latitude: location?.coordinates?.latitude ?? null,
        longitude: location?.coordinates?.longitude ?? null,
        createdAt,
      };
      const media = [
        ...(checked.photos ?? []).map(({ title, description }, i) => ({
          kind: 'PHOTO' as const,
          title,
          description,
          image: stored[String(i)],
        })),
        ...links,
      ];
      try {
        const told = await insertPost(ctx.db, {
          row,
          text,
          media,
          aspectIds: (checked.aspectIds ?? []).map((aspectId) => idOf('Aspect', aspectId)),
          categories: checked.categories ?? [],
          tags: tagsOf(checked.tags ?? [], text.hashtags),
          poll: asked,
        });
        ctx.live.wakeTold(viewer.id, told);
        ctx.live.wakeFeedsOf(roomId ?? viewer.id);
      } catch (error) {
        throw roomRefusal(postRefusal(error));
      }
      return postId;
    });
    return { postId: id };
  },
});
