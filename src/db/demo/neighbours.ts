// What single neighbours have written, and what anybody says to anything.
import type { DemoPost } from './post.ts';

export const neighbourPosts: readonly DemoPost[] = [
  {
    title: 'Does anybody still write letters?',
    body: 'I have sent one a week since January. Nine sent, **four** answered, one of them by telephone, out of breath.\n\nHow do you begin yours? I never know what to do with the first line.',
    talk: [
      ['*', 'With the weather. It is the only honest beginning.'],
      ['ada', 'With where I am sitting. The rest follows.'],
      ['author', '@{last} I shall steal that for Sunday.'],
    ],
    topic: 'everyday',
  },
  {
    title: 'Quiet places to read outside',
    body: 'A list that we can make together. I begin:\n\n1. the steps behind the observatory\n2. any cemetery, with respect\n3. the upper deck of the 12, before nine\n\n#books',
    photos: ['books-row', 'books-warm'],
    talk: [
      ['*', 'The botanical garden, fern house, in winter. Warm and nobody.'],
      ['eve', 'The last car of the L. I have said too much.'],
      ['*', 'My allotment, if you bring biscuits.'],
    ],
    topic: 'books',
  },
  {
    title: 'How I stopped killing basil',
    body: '- Buy one pot. It is *twenty plants*. Divide it by four.\n- Water from below.\n- Pinch above a pair of leaves, never take single ones.\n\nThat is all, and I am forty-three. #gardening',
    talk: [
      ['carol', 'Twenty plants! No wonder it says too much.'],
      ['*', 'Where were you in all my twenties.'],
    ],
    topic: 'gardening',
  },
  {
    title: 'Reviewing code from strangers',
    body: 'After three years I have one rule: **answer within a day**, even with “not this week”. Silence is what drives people off, not criticism.\n\nWhat are yours? #open-source',
    talk: [
      ['carol', 'Thank first, then read, then write. In this order, each time.'],
      ['*', 'I ask a question before I ask for a change.'],
      ['*', '@{last} I wish that you had reviewed mine.'],
    ],
    topic: 'open-source',
  },
  {
    title: 'A board game for two who are tired',
    body: 'We have small children and forty minutes. It has to be set up in two of them, and nobody may cry. What do you play? #games',
    talk: [
      ['*', 'The goats. Always the goats.'],
      ['*', 'Cribbage. My grandparents had fifty years of it.'],
    ],
    topic: 'games',
  },
  {
    title: 'Words that only your family has',
    body: 'With us the last bit of anything in a jar is the *schnupp*. I was nineteen when I found out that it is not a word.\n\nYours, please, with the place. #linguistics',
    talk: [
      ['*', 'Crumbs in bed: “Dutch sand”. Nobody is Dutch.'],
      ['bob', 'The crust at the corner of the tin: “kyrkoherden”, the vicar. No idea.'],
      ['ada', 'A road that gives up: “a Peter”. There was a Peter.'],
      ['author', 'I am collecting these in a notebook, do not stop.'],
    ],
    topic: 'linguistics',
  },
  {
    title: 'Belaying with people much heavier than you',
    body: 'He has 40 kg on me and we want to climb together. Sandbag, resistor, or a new friend? #climbing',
    talk: [
      ['*', 'Resistor, and stand close to the wall.'],
      ['*', 'New friend for the belay, old friend for the pub.'],
    ],
    topic: 'climbing',
  },
  {
    body: 'Asking for a household of three.',
    poll: {
      question: 'Who owns the last piece of cake?',
      choices: [
        'Whoever baked it',
        'Whoever sees it first',
        'Whoever did the washing-up',
        'It is halved for ever',
      ],
      weights: [3, 2, 6, 4],
    },
    talk: [['*', 'Zeno’s cake. We are at one sixty-fourth.']],
    topic: 'kitchen',
  },
  {
    body: 'Several answers allowed, I know you. #tea',
    poll: {
      question: 'What goes into tea?',
      choices: ['Nothing', 'Milk', 'Sugar', 'Lemon', 'A biscuit, briefly'],
      weights: [6, 5, 2, 3, 4],
      multipleChoice: true,
      showsVoters: true,
    },
    talk: [['ada', 'Nothing, and then a biscuit, not briefly enough.']],
    topic: 'tea',
  },
  {
    title: 'Where shall we climb in May?',
    body: 'Closed on Sunday, I book on Monday. #climbing',
    poll: {
      question: 'Where shall we climb in May?',
      choices: ['Sandstone', 'Granite', 'Limestone, with sea'],
      weights: [2, 3, 6],
      endsAfter: 9,
    },
    topic: 'climbing',
  },
  {
    body: 'It is for the office, and it will be framed. #coffee',
    poll: {
      question: 'How many coffees is too many?',
      choices: ['Two', 'Four', 'Six', 'I do not understand the question'],
      weights: [1, 4, 2, 5],
      isHidden: true,
      endsAfter: 5,
    },
    topic: 'coffee',
  },
  {
    body: 'All that you would really use. #open-source',
    poll: {
      question: 'What should the timetable app learn next?',
      choices: [
        'Work without a network',
        'Say which door to take',
        'Show what is broken',
        'Speak',
        'Nothing, keep it small',
      ],
      weights: [6, 5, 4, 2, 4],
      multipleChoice: true,
    },
    talk: [['dan', 'Without a network. Always without a network.']],
    topic: 'open-source',
  },
  {
    body: 'My aunt and I cannot agree.',
    poll: {
      question: 'A sandwich is cut…',
      choices: ['across', 'from corner to corner', 'not at all'],
      weights: [3, 8, 2],
      closesAfter: 4,
    },
    talk: [['*', 'Corner to corner, or it is only bread that has met bread.']],
    topic: 'kitchen',
  },
  {
    body: 'For the next reading circle. #books',
    poll: {
      question: 'What do we read in spring?',
      choices: [
        'The lighthouse one',
        'Something under 150 pages',
        'Poems',
        'What we did not finish in winter',
      ],
      weights: [3, 6, 3, 4],
      showsVoters: true,
      endsAfter: 14,
    },
    topic: 'books',
  },
  {
    body: 'Nine kilometres, two cheese rolls, no signal. #walking',
    photos: ['hills-noon'],
    topic: 'everyday',
  },
  { body: 'I had only gone out for milk.', photos: ['hills-dusk'], topic: 'everyday' },
  {
    body: '',
    photos: ['sea-moon'],
    topic: 'everyday',
    talk: [
      ['*', 'No words needed.'],
      ['eve', 'Low tide? I can nearly hear it.'],
    ],
  },
  {
    body: 'Three of them red, on the same day, as if they had agreed on it. #gardening',
    photos: ['plant-tomato'],
    topic: 'gardening',
  },
  { body: 'Waiting for the bus, counting windows. #photography', photos: ['windows-blue'], topic: 'art' },
  { body: 'Sencha, second infusion, first quiet minute. #tea', photos: ['cup-green'], topic: 'tea' },
  { body: 'Black, blue, good. #coffee', photos: ['cup-black'], topic: 'coffee' },
  {
    body: 'New set on the long wall! Yellow looks kind. Yellow is *not* kind. #climbing',
    photos: ['wall-holds'],
    topic: 'climbing',
  },
  {
    body: 'Night session. Nobody there but the music and my forearms. #climbing',
    photos: ['wall-blue'],
    topic: 'climbing',
  },
  {
    body: 'The sleeper from Zagreb was two hours late, and I have never been so glad of it: **sunrise over the lake**, from the corridor, with strangers and tea.',
    to: 'night-trains',
    talk: [
      ['ada', 'This is the whole case for being late.'],
      ['*', 'Which side of the train?'],
    ],
  },
  {
    body: 'Ear plugs, a scarf, an apple, a book that I do not mind losing. What do you never leave without? #packing',
    to: 'night-trains',
    talk: [
      ['bob', 'Bread. You are surprised.'],
      ['carol', 'A tuning fork. It has got me out of two conversations.'],
    ],
  },
  {
    body: 'Has anyone taken a bicycle on the Basel connection lately? The website says both yes and no.',
    to: 'night-trains',
  },
  {
    body: 'Would somebody record bar 60 to 68 for me? I lose the line when the basses come in.',
    to: 'altos',
    talk: [['carol', 'Tonight, with all the breathing.']],
  },
  {
    body: 'Knee operation went well. I have seen the video, and will spare you all but the word *drill*. #nsfw',
    topic: 'everyday',
    talk: [['*', 'Get well soon. Also: no.']],
  },
  { body: 'Thank you to whoever returned my bicycle **with a better bell**. #cycling', topic: 'everyday' },
  {
    body: 'Min mormor har lärt sig skicka röstmeddelanden. De är elva minuter långa. Jag lyssnar på alla.',
    topic: 'everyday',
  },
  {
    body: 'J’ai retrouvé le carnet de recettes de ma tante. Page 12 : « comme d’habitude ». Rien d’autre. #cuisine',
    topic: 'kitchen',
  },
  {
    body: 'Ho imparato a dire “buongiorno” al gatto del terzo piano. Non risponde, ma aspetta.',
    topic: 'pets',
  },
  {
    body: 'An alle, die heute den Schlüssel gesucht haben: Er war im Kühlschrank. Fragt nicht.',
    topic: 'everyday',
  },
  {
    body: 'Uma vizinha toca acordeão às seis. Desafinado. Vou sentir falta quando me mudar. #música',
    topic: 'music',
  },
  {
    body: 'Volunteers for the repair café on Saturday? @dan has soldered for all of us, now we make the cake. #repair',
    topic: 'kitchen',
    talk: [
      ['dan', 'Carrot, please. Solder goes well with carrot.'],
      ['author', '@{last} Carrot it is.'],
    ],
  },
  {
    body: 'I walked one of @ada’s sheets from edge to edge. 22 km, one bull, and every single bench was where she said. #walking #maps',
    topic: 'everyday',
    talk: [
      ['ada', 'And the bull? He is not on the sheet!'],
      ['author', 'The bull is new.'],
      ['ada', 'The bull will be on the sheet.'],
    ],
  },
  {
    body: 'Listening party for old radios, in the courtyard, Friday at eight: https://radio.example/courtyard Bring a chair. #radio',
    links: ['https://radio.example/courtyard'],
    topic: 'music',
  },
  {
    body: 'My talk about commas is online. It is 51 minutes long. There is *one* joke. https://talks.example/commas.mp4 #linguistics',
    links: ['https://talks.example/commas.mp4'],
    topic: 'linguistics',
  },
  {
    body: 'The seed list for the swap, as a table that one can print: https://garden.example/seeds.ods #gardening',
    links: ['https://garden.example/seeds.ods'],
    topic: 'gardening',
  },
  {
    body: '## Lost\n\nOne umbrella, green, wooden handle in the shape of a duck. Answers to nothing. Sentimental.',
    topic: 'everyday',
    talk: [
      ['*', 'Saw it on the 12! It looked well.'],
      ['author', '@{last} Which stop?'],
      ['author', 'Found! It has been *travelling*. Thank you all, and the driver of the 12.'],
      ['*', 'I was invested in this duck.'],
    ],
  },
  { body: 'Learning to whistle with two fingers at 52. The dog has left the room.', topic: 'pets' },
  {
    body: 'What I know of **sourdough** I have from @bob, what I know of patience from my sourdough. #bread',
    topic: 'kitchen',
    talk: [['bob', 'And I have mine from the tram.']],
  },
  {
    body: 'Chor in der Kirche um die Ecke gehört, eine Altstimme hat alle getragen. @carol, you would have nodded. #choir',
    topic: 'music',
    talk: [['carol', 'I am nodding from here.']],
  },
];

/** Said to anything. */
export const anyReplies: readonly string[] = [
  'This made my morning.',
  'I have read it to the person next to me.',
  'Exactly this.',
  'Saved for a bad day.',
  'I disagree with half of it and like all of it.',
  'More, please.',
  'Tell us how it went on!',
  'Oh, I know this feeling.',
  'Needed this today, thank you.',
  'Quietly applauding.',
  'Why is nobody talking about this?',
  'I have questions, and also biscuits.',
  'You should write these down. Well, you have.',
  'Genau so!',
  'Que bonito.',
  'Så bra.',
  'Moi aussi.',
  'I laughed, and then I thought about it.',
  'Sent to my mother, who says hello.',
  'You have a gift for small things.',
  'I was having a grey day until here.',
  'May I quote you?',
  'Now I want to know everything.',
  'There is a whole novel in this.',
  'Hear, hear.',
  'I come back to this one.',
  'Told you so. Kindly.',
  'Este es el mejor de la semana.',
  'Sehe ich auch so.',
  'It is the same where I live, with more pigeons.',
];

/** Said to whoever has spoken before. */
export const backReplies: readonly string[] = [
  '@{last} Yes, that!',
  '@{last} I was about to write the same.',
  '@{last} Are you sure? With us it is the other way round.',
  '@{last} Good question, I would like to know as well.',
  '@{last} You always say what I mean.',
  '@{last} Let us talk about it on Thursday.',
  '@{last} Ha! Not in my house.',
  '@{last} Come by, I will show you.',
  '@{last} Thank you, I will try that.',
  '@{last} Careful, or somebody makes a poll of it.',
  '@{last} Now you have made me curious.',
  '@{last} Agreed, down to the last word.',
  '@{last} And I thought that it was only me!',
  '@{last} I will believe it when I see it.',
  '@{last} You two should meet.',
  '@{last} Well said.',
  '@{last} That is what my grandmother used to say.',
  '@{last} Counting on you.',
];
