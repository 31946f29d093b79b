import { blankPerson, toldCounters } from '../blank.ts';
import type {
  SourceIdentity,
  SourceLocation,
  SourcePerson,
  SourceSettings,
  SourceTag,
  SourceTie,
} from '../records.ts';
import type { SettingsPayload, UserPayload } from './payloads.ts';

type Badge = SourcePerson['badges'][number];
type Status = SourcePerson['status'];

/** `lat,lng`; null for what is no place on earth. */
function pointOf(written: string | null): { latitude: number; longitude: number } | null {
  const [latitude, longitude, ...more] =
    written?.split(',').map((part) => Number(part.trim() || 'none')) ?? [];
  if (latitude === undefined || longitude === undefined || more.length > 0) return null;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

function locationOf(name: string | null, latLng: string | null): SourceLocation | null {
  const point = pointOf(latLng);
  if (name === null && !point) return null;
  return { name, latitude: point?.latitude ?? null, longitude: point?.longitude ?? null };
}

/** Tags that staff see only are theirs; so are those that are no more. */
function tagsOf(user: UserPayload): SourceTag[] {
  return user.tags.flatMap(({ name, description, color, visible, active, deleted }) =>
    name === null || visible === false || active === false || deleted
      ? []
      : [{ name: name.trim().replace(/^#/, '').toLowerCase(), description, color }],
  );
}

/** `d` is deleted with the name kept, `u` deleted for good, `b` blocked. */
const statuses: ReadonlyMap<string | null, Status> = new Map([
  ['d', 'DELETED'],
  ['u', 'DELETED'],
  ['b', 'SUSPENDED'],
]);

function statusOf(user: UserPayload): Status {
  if (user.deleted) return 'DELETED';
  return statuses.get(user.status) ?? (user.reg_approved === false ? 'PENDING' : 'ACTIVE');
}

function countersOf(user: UserPayload): SourcePerson['counters'] {
  return toldCounters({
    followers: user.followers_counter,
    following: user.followings_counter,
    connections: user.connections_counter,
    posts: user.posts_counter,
    discussions: user.discussions_counter,
    statuses: user.statuses_counter,
    polls: user.polls_counter,
    categories: user.categories_counter,
    reputation: user.reputation,
  });
}

export function mapIdentity(user: UserPayload): SourceIdentity {
  return { externalId: user.id, accountName: user.username };
}

/** Told of oneself only; who edits, publishes or moderates is staff. */
const roles: ReadonlyMap<string, Badge> = new Map([
  ['admin', 'ADMIN'],
  ['moderator', 'STAFF'],
  ['editor', 'STAFF'],
  ['publisher', 'STAFF'],
]);

function badgesOf(user: UserPayload): Badge[] {
  const ofRoles = user.role.flatMap((role) => roles.get(role?.toLowerCase() ?? '') ?? []);
  return [...new Set(user.community_badge ? [...ofRoles, 'COMMUNITY' as const] : ofRoles)];
}

/** Anybody, as everybody may see them: the e-mail that 2020 told of all is left where it was. */
export function mapPerson(user: UserPayload): SourcePerson {
  return {
    ...blankPerson,
    ...mapIdentity(user),
    username: user.username,
    realName: user.real_name,
    tagline: user.description,
    bio: user.bio,
    website: user.website,
    avatarUrl: user.avatar ?? user.avatar_url,
    coverUrl: user.cover,
    birthday: user.date_of_birth ?? user.birthday,
    gender: user.gender?.toLowerCase() === 'unspecified' ? null : user.gender,
    location: locationOf(user.location, user.location_lat_lng),
    position: locationOf(null, user.position_lat_lng),
    companyName: user.company_name,
    companyRole: user.company_role,
    tags: tagsOf(user),
    badges: badgesOf(user),
    status: statusOf(user),
    createdAt: user.date_joined,
    counters: countersOf(user),
  };
}

/** -1 at once, 0 never, 1 daily. */
const frequencies = new Map<number | null, SourceSettings['emailFrequency']>([
  [-1, 'INSTANT'],
  [0, 'NEVER'],
  [1, 'DAILY'],
]);

/** The token's own person. @param settings null where the server does not tell them. */
export function mapSelf(user: UserPayload, settings: SettingsPayload | null): SourcePerson {
  const emailFrequency = frequencies.get(settings?.qa_frequency ?? null);
  const push = settings?.mobile_notifications_scmty ?? null;
  const toasts = settings?.show_toast_notifications ?? null;
  const sounds = settings?.toast_notifications_emit_sound ?? null;
  return {
    ...mapPerson(user),
    settings: {
      ...(user.email === null ? {} : { email: user.email }),
      ...(user.email_isvalid === null ? {} : { emailVerified: user.email_isvalid }),
      ...(user.language === null ? {} : { language: user.language }),
      ...(emailFrequency === undefined ? {} : { emailFrequency }),
      ...(push === null ? {} : { push }),
      ...(toasts === null ? {} : { toasts }),
      ...(sounds === null ? {} : { sounds }),
    },
  };
}

/** The lists that say how the token's person stands to others. */
export type TieList = 'followings' | 'connections' | 'hidden';

/** Somebody in one of those lists. `connection_status` is told since 2021, and says the rest. */
export function mapTie(list: TieList, user: UserPayload): SourceTie {
  return {
    person: mapPerson(user),
    follows: list === 'followings' || user.connection_status === 'followed',
    isConnected: list === 'connections' || user.connection_status === 'connected',
    isBlocked: false,
    isHidden: list === 'hidden',
    aspects: [],
  };
}
