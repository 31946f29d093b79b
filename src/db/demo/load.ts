// A small, believable community, the same each time: five people whose relations are fixed, and their neighbours.
import { base, en, Faker } from '@faker-js/faker';
import { insertBlock, insertHide } from '../../features/blocks/store.ts';
import { actLocked } from '../../features/connections/act-store.ts';
import { ensureFollows, followed, type NewFollow } from '../../features/follows/bulk-store.ts';
import { tell } from '../../features/notifications/act-store.ts';
import { renderMarkdown } from '../../features/profile/markdown.ts';
import { ensurePeople, isEmpty, type NewPerson } from '../../features/users/bulk-store.ts';
import type { MediaStorage } from '../../media/storage.ts';
import type { Database } from '../client.ts';
import { transaction } from '../errors.ts';
import { newId } from '../uuid.ts';
import { DemoDetails, wordsOf } from './details.ts';
import { neighbourPronouns } from './profiles.ts';
import { addRooms } from './rooms.ts';
import { addStream, storePhotos } from './stream.ts';

/** Those whom demo mode gives tokens for. */
export const demoPeople = ['ada', 'bob', 'carol', 'dan', 'eve'] as const;
type Named = (typeof demoPeople)[number];

const others = 55;
const begun = new Date('2026-01-05T09:00:00.000Z');
const day = 24 * 3_600_000;

const named: Record<Named, Omit<NewPerson, 'username' | 'createdAt'>> = {
  ada: {
    displayName: 'Ada Okonkwo',
    realName: 'Adaeze Okonkwo',
    tagline: 'Maps, trains, and the people on them',
    bio: 'Cartographer. I draw the *ways people really walk*, not the ones that were planned.\n\n- night trains\n- [paths](https://paths.example)\n- strong tea',
    website: 'https://ada.example',
    links: ['https://maps.example/ada', 'mailto:ada@example.com'],
    timezone: 'Europe/Berlin',
    birthday: '1991-12-10',
    gender: 'woman',
    locationName: 'Leipzig',
    latitude: 51.34,
    longitude: 12.37,
    companyName: 'Wegewerk',
    companyRole: 'Cartographer',
    badges: ['ADMIN', 'VERIFIED'],
    email: 'ada@example.com',
    emailVerified: true,
  },
  bob: {
    displayName: 'Bob',
    realName: 'Robert Lindqvist',
    tagline: 'Bread at four in the morning',
    bio: 'Baker, cyclist, reluctant early riser. My profile’s details are for those I follow.',
    timezone: 'Europe/Stockholm',
    birthday: '1004-05-17',
    locationName: 'Malmö',
    profileVisibility: 'CONTACTS',
  },
  carol: {
    displayName: 'Carol Nguyễn',
    tagline: 'Choir, code, chlorophyll',
    bio: 'I sing alto and write compilers. The plants do the rest.',
    timezone: 'Asia/Ho_Chi_Minh',
    links: ['https://choir.example/carol'],
    companyName: 'Tầng Tám',
    companyRole: 'Compiler engineer',
    badges: ['STAFF'],
  },
  dan: {
    displayName: 'Dan Ferreira',
    tagline: 'Will fix your radio',
    timezone: 'America/Sao_Paulo',
    locationName: 'Porto Alegre',
  },
  eve: {
    displayName: 'Eve',
    tagline: 'Listening',
    timezone: 'America/New_York',
    searchable: false,
  },
};

/** Who follows whom among the five. Eve follows nobody whom Dan knows of: he has blocked her. */
const fixedFollows: [Named, Named][] = [
  ['ada', 'bob'],
  ['bob', 'ada'],
  ['ada', 'carol'],
  ['carol', 'ada'],
  ['carol', 'bob'],
  ['dan', 'ada'],
  ['eve', 'bob'],
];

/** Who has asked whom to be connected, and what came of it; Carol has rejected Dan, who does not know. */
const connections: [requester: Named, addressee: Named, answer: 'accept' | 'reject' | null][] = [
  ['ada', 'carol', 'accept'],
  ['bob', 'carol', 'accept'],
  ['bob', 'ada', null],
  ['dan', 'carol', 'reject'],
];

/** Who has blocked whom. */
const blocked: [blocker: Named, blocked: Named][] = [['dan', 'eve']];

const zones = [
  'Europe/London',
  'Europe/Paris',
  'Africa/Lagos',
  'Asia/Kolkata',
  'Asia/Tokyo',
  'America/Chicago',
  'Australia/Sydney',
];

/**
 * Puts the demo people into an empty database, in one transaction; does nothing when anybody is there.
 * @param storage where their pictures go.
 * @param issuer of the tokens that they sign in with; "" for tokens without one.
 * @returns whether it did.
 */
export async function loadDemo(db: Database, storage: MediaStorage, issuer: string): Promise<boolean> {
  if (!(await isEmpty(db))) return false;
  const faker = new Faker({ locale: [en, base], seed: 20260105 });
  const people = [...namedPeople(), ...neighbours(faker)].map((person) => withRest(person, faker));
  const details = new DemoDetails(db, storage, faker);
  const [pictured, photos] = await Promise.all([details.withPictures(people), storePhotos(db, storage)]);
  await transaction(db, async (tx) => {
    const ids = await ensurePeople(tx, issuer, pictured);
    const idOf = (username: string) => {
      const id = ids.get(username);
      if (!id) throw new Error(`Demo person ${username} is missing.`);
      return id;
    };
    const follows = [...followsOf(faker, people, idOf)];
    await ensureFollows(tx, follows);
    await tellOf(tx, follows, new Set(demoPeople.map(idOf)));
    const asked = new Date(begun.getTime() + 75 * day);
    for (const [requester, addressee, answer] of connections) {
      await actLocked(tx, 'request', idOf(requester), idOf(addressee), asked);
      if (answer) await actLocked(tx, answer, idOf(addressee), idOf(requester), asked);
    }
    const neighbours = people.slice(demoPeople.length).map(({ username }) => username.toLowerCase());
    await addRooms(tx, new Date(begun.getTime() + 80 * day), neighbours, idOf);
    for (const [blocker, other] of blocked) await insertBlock(tx, idOf(blocker), idOf(other), begun);
    await insertHide(tx, idOf('carol'), idOf('dan'), begun);
    for (const { username, createdAt } of people) {
      await details.addTo(tx, idOf(username.toLowerCase()), username, createdAt);
    }
    const authors = people.map(({ username, createdAt }) => {
      return { id: idOf(username.toLowerCase()), username, createdAt };
    });
    const connected = connections.flatMap(([one, other, answer]) =>
      answer === 'accept' ? [[one, other] as const] : [],
    );
    await addStream(tx, { begun, people: authors, follows, connected, blocked }, photos);
  });
  return true;
}

/** Tells the five of their followers. What they have seen of it is marked with the rest, at the end. */
async function tellOf(tx: Database, follows: readonly NewFollow[], five: ReadonlySet<string>): Promise<void> {
  for (const receiver of five) {
    for (const { follower, followee, at } of follows.filter((follow) => follow.followee === receiver)) {
      await tell(tx, followed(follower, followee, at), [receiver]);
    }
  }
}

function namedPeople(): NewPerson[] {
  return demoPeople.map((username, i) => ({
    username,
    createdAt: new Date(begun.getTime() + i * day),
    ...named[username],
    ...wordsOf(username),
  }));
}

function neighbours(faker: Faker): NewPerson[] {
  return Array.from({ length: others }, (_, i): NewPerson => {
    const first = faker.person.firstName();
    const last = faker.person.lastName();
    const sometimes = <Value>(share: number, value: () => Value) =>
      faker.datatype.boolean(share) ? value() : null;
    const latitude = faker.location.latitude();
    return {
      username:
        `${first}${faker.helpers.arrayElement(['', '.', '_'])}${last}`.replace(/[^A-Za-z0-9_.-]/g, '') + i,
      createdAt: new Date(begun.getTime() + (5 + i) * day + faker.number.int(day)),
      displayName: sometimes(0.9, () => `${first} ${last}`),
      realName: sometimes(0.3, () => `${first} ${faker.person.middleName()} ${last}`),
      names: [{ value: first, preference: 'favourite' }],
      pronouns: faker.helpers.arrayElement(neighbourPronouns),
      tagline: sometimes(0.8, () => faker.person.bio().slice(0, 150)),
      bio: sometimes(
        0.6,
        () =>
          `${faker.hacker.phrase()} *${faker.word.adjective()}* since ${faker.number.int({ min: 1990, max: 2020 })}.`,
      ),
      website: sometimes(0.3, () => `https://${first.toLowerCase()}.example`),
      timezone: sometimes(0.8, () => faker.helpers.arrayElement(zones)),
      locationName: sometimes(0.5, () => faker.location.city()),
      ...(latitude > 0 ? { latitude, longitude: faker.location.longitude() } : {}),
      companyName: sometimes(0.4, () => faker.company.name()),
      companyRole: sometimes(0.4, () => faker.person.jobTitle()),
      birthday: sometimes(0.5, () => faker.date.birthdate({ refDate: begun }).toISOString().slice(0, 10)),
      profileVisibility: faker.datatype.boolean(0.8) ? 'PUBLIC' : 'CONTACTS',
      badges: faker.datatype.boolean(0.1) ? ['VERIFIED'] : [],
    };
  });
}

function withRest(person: NewPerson, faker: Faker): NewPerson {
  const letters = () => faker.string.alpha({ length: 5, casing: 'lower' });
  const random = Buffer.from(faker.string.hexadecimal({ length: 20, prefix: '' }), 'hex');
  return {
    ...person,
    id: newId(person.createdAt, random),
    sid: letters(),
    bioHtml: person.bio ? renderMarkdown(person.bio) : null,
  };
}

/** The fixed follows, and some for everybody: the earlier somebody came, the more follow them. */
function* followsOf(
  faker: Faker,
  people: readonly NewPerson[],
  idOf: (username: string) => string,
): Generator<NewFollow> {
  let minutes = 0;
  const follow = (follower: string, followee: string): NewFollow => ({
    follower: idOf(follower.toLowerCase()),
    followee: idOf(followee.toLowerCase()),
    at: new Date(begun.getTime() + 70 * day + minutes++ * 60_000),
  });
  for (const [follower, followee] of fixedFollows) yield follow(follower, followee);
  for (const person of people.slice(demoPeople.length)) {
    const wanted = faker.number.int({ min: 3, max: 14 });
    const followees = new Set<NewPerson>();
    for (let i = 0; i < wanted; i++) {
      const other = people[Math.floor(faker.number.float() ** 2 * people.length)];
      if (other && other !== person && other.username !== 'eve') followees.add(other);
    }
    for (const other of followees) {
      yield follow(person.username, other.username);
      if (faker.datatype.boolean(0.4) && !isNamed(other.username))
        yield follow(other.username, person.username);
    }
  }
  for (const [i, follower] of demoPeople.entries()) {
    for (const person of people.slice(demoPeople.length + i * 3, demoPeople.length + i * 3 + 8)) {
      yield follow(follower, person.username);
    }
  }
}

function isNamed(username: string): boolean {
  return demoPeople.some((name) => name === username);
}
