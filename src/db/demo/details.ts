// What demo people have beside their row: pictures, flags, members, tags, accounts elsewhere.
import type { Faker } from '@faker-js/faker';
import { accounts } from '../../features/accounts/table.ts';
import { memberFlags, prideFlags, userFlags } from '../../features/flags/table.ts';
import { storePicture } from '../../features/media/pictures.ts';
import { fileSizes } from '../../features/media/rules.ts';
import type { Picture, PictureKind } from '../../features/media/table.ts';
import { memberKey } from '../../features/members/rules.ts';
import { members } from '../../features/members/table.ts';
import { renderMarkdown } from '../../features/profile/markdown.ts';
import { replaceTags } from '../../features/tags/store.ts';
import type { NewPerson } from '../../features/users/bulk-store.ts';
import { ImageProcessor } from '../../media/image.ts';
import type { MediaStorage } from '../../media/storage.ts';
import type { Database } from '../client.ts';
import { newId } from '../uuid.ts';
import { drawAvatar, drawCover, drawFlag, type FlagName } from './pictures.ts';
import { type DemoMember, namedProfiles, neighbourTags } from './profiles.ts';

/** Every so manieth neighbour has a picture. */
const picturedEvery = 3;

/** The columns of a demo person's words. */
export function wordsOf(username: string): Partial<NewPerson> {
  const { names, pronouns, fields, customPreferences, memberTitle } = namedProfiles[username] ?? {};
  return {
    ...(names ? { names } : {}),
    ...(pronouns ? { pronouns } : {}),
    ...(fields ? { fields } : {}),
    ...(customPreferences ? { customPreferences } : {}),
    ...(memberTitle ? { memberTitle } : {}),
  };
}

/** Adds to demo people what is not in their row. Pictures are stored first, rows that show them written after. */
export class DemoDetails {
  readonly #db: Database;
  readonly #media: { storage: MediaStorage; images: ImageProcessor };
  readonly #faker: Faker;
  readonly #flags = new Map<string, Map<FlagName, Picture>>();
  readonly #members = new Map<string, Picture>();

  constructor(db: Database, storage: MediaStorage, faker: Faker) {
    this.#db = db;
    this.#media = { storage, images: new ImageProcessor() };
    this.#faker = faker;
  }

  async #store(kind: PictureKind, drawn: Promise<Buffer>): Promise<Picture> {
    const image = await this.#media.images.process(() => drawn, fileSizes[kind], null);
    return storePicture({ db: this.#db, media: this.#media, now: () => new Date() }, kind, image, []);
  }

  /** The people with avatars and covers; and the pictures of their flags and members are made as well. */
  withPictures(people: readonly NewPerson[]): Promise<NewPerson[]> {
    return Promise.all(
      people.map(async (person, n): Promise<NewPerson> => {
        const profile = namedProfiles[person.username];
        if (!profile) {
          return n % picturedEvery === 0
            ? { ...person, avatar: await this.#store('avatar', drawAvatar(n)) }
            : person;
        }
        const shown = new Set([
          ...(profile.flags ?? []),
          ...(profile.members ?? []).flatMap((m) => m.flags ?? []),
        ]);
        const flags = await Promise.all(
          [...shown].map(async (name) => [name, await this.#store('flag', drawFlag(name))] as const),
        );
        this.#flags.set(person.username, new Map(flags));
        for (const [i, { name }] of (profile.members ?? []).entries()) {
          this.#members.set(name, await this.#store('avatar', drawAvatar(100 + n * 10 + i)));
        }
        return {
          ...person,
          avatar: await this.#store('avatar', drawAvatar(n)),
          cover: await this.#store('cover', drawCover(n)),
        };
      }),
    );
  }

  /** Adds flags, members, tags and accounts to a person who is there. */
  async addTo(tx: Database, id: string, username: string, at: Date): Promise<void> {
    const profile = namedProfiles[username];
    const tags = profile
      ? (profile.tags ?? [])
      : this.#faker.helpers.arrayElements(neighbourTags, { min: 0, max: 3 });
    await replaceTags(tx, id, tags, at);
    if (!profile) return;
    const flagIds = new Map<FlagName, string>();
    for (const [name, image] of this.#flags.get(username) ?? []) {
      const flagId = newId(at);
      flagIds.set(name, flagId);
      await tx.insert(prideFlags).values({ id: flagId, ownerId: id, name, image, createdAt: at });
    }
    const shelf = (names: readonly FlagName[]) =>
      names.map((name, position) => ({ flagId: flagIds.get(name) ?? '', position }));
    const shown = shelf(profile.flags ?? []).map((row) => ({ ...row, userId: id }));
    if (shown.length > 0) await tx.insert(userFlags).values(shown);
    for (const member of profile.members ?? []) {
      const memberId = await this.#addMember(tx, id, member, at);
      const flags = shelf(member.flags ?? []).map((row) => ({ ...row, memberId }));
      if (flags.length > 0) await tx.insert(memberFlags).values(flags);
    }
    for (const account of profile.accounts ?? []) {
      await tx.insert(accounts).values({ id: newId(at), userId: id, createdAt: at, ...account });
    }
  }

  async #addMember(tx: Database, ownerId: string, member: DemoMember, createdAt: Date): Promise<string> {
    const { flags: _, bio, ...columns } = member;
    const id = newId(createdAt);
    await tx.insert(members).values({
      id,
      ownerId,
      sid: this.#faker.string.alpha({ length: 6, casing: 'lower' }),
      nameKey: memberKey(member.name),
      createdAt,
      avatar: this.#members.get(member.name) ?? null,
      ...columns,
      ...(bio === undefined ? {} : { bio, bioHtml: renderMarkdown(bio) }),
    });
    return id;
  }
}
