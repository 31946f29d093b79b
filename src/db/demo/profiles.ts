// What the demo people say of themselves beyond their cards: words, plural systems, flags, tags, other accounts.
import type { AccountProvider } from '../../features/accounts/table.ts';
import type {
  CustomPreference,
  NameEntry,
  ProfileField,
  PronounEntry,
} from '../../features/profile/table.ts';
import type { FlagName } from './pictures.ts';

interface Words {
  names?: NameEntry[];
  pronouns?: PronounEntry[];
  fields?: ProfileField[];
}

export interface DemoMember extends Words {
  name: string;
  displayName?: string;
  bio?: string;
  flags?: FlagName[];
  isUnlisted?: boolean;
}

export interface DemoProfile extends Words {
  memberTitle?: string;
  customPreferences?: CustomPreference[];
  /** In the order they are shown in. */
  flags?: FlagName[];
  tags?: string[];
  members?: DemoMember[];
  accounts?: {
    provider: AccountProvider;
    externalId: string;
    username?: string;
    instance?: string;
    url?: string;
    isVisible: boolean;
  }[];
}

const entry = (value: string, preference = 'okay'): NameEntry => ({ value, preference });
const pronoun = (pronouns: string, preference = 'okay', displayText: string | null = null): PronounEntry => ({
  pronouns,
  displayText,
  preference,
});
const she = 'she/her/her/hers/herself';
const they = 'they/them/their/theirs/themself';
const he = 'he/him/his/his/himself';
const it = 'it/it/its/its/itself';
const xe = 'xe/xem/xyr/xyrs/xemself';

const onlineOnly = '7d0c1b52-5a0e-4d5e-9d7b-3b9b6d0a1f01';
const byTheSea = '7d0c1b52-5a0e-4d5e-9d7b-3b9b6d0a1f02';

/** The five, by username. */
export const namedProfiles: Record<string, DemoProfile> = {
  ada: {
    names: [entry('Ada', 'favourite'), entry('Adaeze'), entry('Dr. Okonkwo', 'jokingly')],
    pronouns: [pronoun(she, 'favourite'), pronoun(they)],
    fields: [
      {
        name: 'Compliments',
        entries: [entry('sharp', 'favourite'), entry('kind'), entry('cute', 'friends_only')],
      },
      { name: 'Relation', entries: [entry('partner', 'favourite'), entry('wife', 'avoid')] },
    ],
    flags: ['Rainbow', 'Lesbian'],
    tags: ['maps', 'trains', 'walking'],
    accounts: [
      {
        provider: 'FEDIVERSE',
        instance: 'social.example',
        externalId: '109311',
        username: 'ada',
        url: 'https://social.example/@ada',
        isVisible: true,
      },
      { provider: 'DISCORD', externalId: '208173449012', username: 'ada.o', isVisible: false },
    ],
  },
  bob: {
    names: [entry('Bob', 'favourite'), entry('Robert', 'avoid')],
    pronouns: [pronoun(he)],
    tags: ['bread', 'cycling'],
  },
  carol: {
    names: [entry('Carol', 'favourite'), entry('Vy', 'friends_only')],
    pronouns: [pronoun(she), pronoun(they, 'favourite', 'they/them')],
    memberTitle: 'Voices',
    flags: ['Nonbinary', 'Transgender'],
    tags: ['choir', 'compilers', 'plants'],
    customPreferences: [
      {
        key: byTheSea,
        icon: 'tsunami',
        tooltip: 'By the sea only',
        size: 'NORMAL',
        muted: false,
        favourite: true,
      },
    ],
    members: [
      {
        name: 'Alto',
        bio: 'Sings. Counts the bars that others forget.',
        names: [entry('Alto', 'favourite')],
        pronouns: [pronoun(she)],
        flags: ['Transgender'],
      },
      {
        name: 'Lexer',
        displayName: 'Lexer of Tokens',
        bio: 'Reads *one character* at a time.',
        names: [entry('Lex', 'favourite'), entry('Lexer')],
        pronouns: [pronoun(it, 'favourite'), pronoun(xe)],
      },
      {
        name: 'Moss',
        names: [entry('Moss', byTheSea)],
        pronouns: [pronoun(they)],
        fields: [{ name: 'Words', entries: [entry('quiet', 'favourite'), entry('green')] }],
        flags: ['Nonbinary'],
      },
    ],
  },
  dan: {
    names: [entry('Dan', 'favourite'), entry('Daniel')],
    pronouns: [pronoun(he, 'favourite'), pronoun('any')],
    flags: ['Bisexual'],
    tags: ['radio'],
  },
  eve: {
    names: [entry('Eve')],
    pronouns: [pronoun(they, 'favourite'), pronoun(she, onlineOnly)],
    memberTitle: 'Echoes',
    customPreferences: [
      {
        key: onlineOnly,
        icon: 'wifi',
        tooltip: 'Online only',
        size: 'SMALL',
        muted: true,
        favourite: false,
      },
    ],
    flags: ['Genderfluid', 'Asexual'],
    members: [
      { name: 'Echo', pronouns: [pronoun(they)], flags: ['Genderfluid'] },
      { name: 'Iris', displayName: 'Iris ✿', pronouns: [pronoun(she, 'favourite')] },
      { name: 'Nil', pronouns: [pronoun(it)], isUnlisted: true },
      { name: 'Wren', bio: 'Up before everybody.', pronouns: [pronoun(xe), pronoun(they)] },
    ],
  },
};

/** What the neighbours draw from. */
export const neighbourPronouns = [
  [she],
  [he],
  [they],
  [she, they],
  [he, they],
  [xe, they],
  [it],
  ['any'],
].map((all) => all.map((pronouns, i) => pronoun(pronouns, i === 0 ? 'favourite' : 'okay')));
export const neighbourTags = [
  'art',
  'books',
  'climbing',
  'coffee',
  'games',
  'gardening',
  'linguistics',
  'music',
  'open-source',
  'tea',
];
