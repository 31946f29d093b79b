// What the five have written, each from the first to the last.
import type { PhotoName } from './photos.ts';
import type { DemoPost } from './post.ts';

type Named = 'ada' | 'bob' | 'carol' | 'dan' | 'eve';

const photo = (body: string, ...photos: PhotoName[]): DemoPost => ({ body, photos });

const ada: readonly DemoPost[] = [
  'Moved the drawing table to the window. Leipzig looks back at me with its *wrong* street names.',
  'A path that people walk is a **vote**. A fence across it is a vote too, only fewer were asked. #maps',
  'Question for those who commute on foot: do you walk the same way back? I have asked 40 people now, and 31 do not. #walking',
  photo(
    'First sheet of the river walk: every place where somebody has worn a short cut into the grass. #maps',
    'map-river',
  ),
  'Wer in Leipzig kennt den Trampelpfad hinter dem Westwerk? Ich suche Menschen, die ihn noch vor dem Zaun gegangen sind. #leipzig',
  {
    title: 'Why I do not trust blue lines',
    body: '## Rivers move\n\nThe blue line on your map is a year. Somebody stood there in *that* year, in dry boots, and wrote down where the water was.\n\n1. Ask which year.\n2. Ask who drew it, and from where.\n3. Go and look.\n\nMore of this in the [notes](https://paths.example/blue-lines). #maps #walking',
    talk: [
      ['dan', 'Same with radio charts. The coverage map is a wish with a legend.'],
      ['ada', '@dan “a wish with a legend” goes on my wall.'],
      ['carol', 'Point 2 is also how to read a stack trace.'],
      ['*', 'Our parish map still has a mill that burned in 1911. People give directions by it.'],
      ['ada', '@{last} Then it is still there, in the way that matters.'],
    ],
  },
  'Strong tea, soft pencil, sleet. Good day for contour lines.',
  {
    body: 'Night train to Vienna, upper berth, window seat in the morning. This is all I have ever wanted from a continent. #trains',
    photos: ['train-dusk'],
    talk: [
      ['bob', 'Which wagon? The one from Malmö has no lamp in the upper berth since autumn.'],
      ['ada', '@bob The old blue one. The lamp works, the heating has opinions.'],
      ['*', 'Upper berth people are a different kind of people.'],
    ],
  },
  'The word for a path made by feet: *desire line* in English, **Trampelpfad** in German, *olifantenpad* in Dutch. An elephant path! #linguistics #walking',
  {
    poll: {
      question: 'Which berth on a night train?',
      choices: [
        'Upper: heat and privacy',
        'Middle: nobody knows why',
        'Lower: a window and bags',
        'I sit up',
      ],
      weights: [6, 1, 4, 1],
      showsVoters: true,
    },
    body: 'For science, and for the next booking. #trains',
    talk: [
      ['carol', 'Upper, always. Altos like to be above the basses.'],
      ['*', 'I sit up. I have regretted it in nine countries.'],
    ],
  },
  'Spent the morning with a surveyor’s field book from 1924. Page 17 has a pressed clover, and a correction in another hand.',
  'If you print a map on paper that is too good, nobody draws on it. Print it on the cheap one. #maps',
  {
    body: 'Legend for the new sheet is done. Twelve symbols, one of them for *bench with a view of nothing in particular*.',
    photos: ['map-walk'],
    talk: [
      ['*', 'Please tell me there is one for “dog that barks but is kind”.'],
      ['ada', '@{last} There is now.'],
      ['eve', 'I would walk from one nothing to the next.'],
    ],
  },
  {
    body: 'Moving the working group to Thursdays: @bob cannot do Tuesdays, and @carol should not have to sing and vote on the same evening.',
    to: 'CONNECTIONS',
    talk: [['carol', 'Thursdays are good. Thank you.']],
  },
  {
    body: 'Draft of the hill sheets, for your eyes first. The greens are wrong, I know. Tell me about the labels.',
    to: 'ASPECTS',
    photos: ['hills-fog'],
    talk: [['bob', 'The labels are fine. The green is the colour of our first sourdough.']],
  },
  {
    body: '**Timetable change.** The Berlin to Stockholm night train runs daily again from the first of the month. Berths 41 to 46 are next to the compressor: take any others.',
    to: 'night-trains',
    talk: [
      ['bob', 'Daily! I will be in Berlin for lunch, then, and home for the dough.'],
      ['*', '45 is fine if you sleep like a stone.'],
      ['carol', 'Pinned in my head. Are bicycles allowed now, or still “by arrangement”?'],
      ['ada', '@carol Still by arrangement. The arrangement is a man called Jens.'],
    ],
  },
  {
    body: 'Wegewerk opens its archive: 214 sheets of footpaths, scanned, free to use. Start with the [index](https://wegewerk.example/archive/index.pdf).',
    to: 'wegewerk',
    links: ['https://wegewerk.example/archive/index.pdf'],
  },
  {
    body: 'From next month our maps name the people who walked them. If you have sent us a way, tell us how you want to be called.',
    to: 'wegewerk',
    photos: ['map-night'],
  },
  {
    body: 'Eleven kilometres of towpath with @carol on the phone the whole way. She sang me the fugue, both voices, badly. It was perfect.',
    talk: [
      ['carol', 'I sang it *well*. The connection was bad.'],
      ['ada', 'The connection was excellent.'],
    ],
  },
  'Someone wrote “HERE BE BEES” on our wall map, and they were right. #maps',
  {
    title: 'A small guide to asking for directions',
    body: 'Nobody gives a stranger a map. They give a **story**:\n\n- “past where the bakery was”\n- “until it feels too far”\n- “you will see the horse”\n\nWrite these down. They are better data than anything I ever bought. #walking #maps',
    talk: [
      ['bob', '“Past where the bakery was” is a personal attack.'],
      ['ada', '@bob Yours is in every story, alive.'],
      ['*', 'Here it is always “before the second roundabout”. There is one roundabout.'],
      ['dan', 'You will see the horse. You will not miss the horse.'],
    ],
  },
  {
    body: 'Talk on Friday at the library: *Ways people really walk*. Free, there is tea, the slides are at https://ada.example/talk.pdf',
    links: ['https://ada.example/talk.pdf'],
    place: ['Leipzig', 51.34, 12.37],
    talk: [
      ['*', 'Will it be recorded?'],
      ['ada', '@{last} Yes, and the tea will not be.'],
    ],
  },
  {
    body: 'Packing for four nights on four trains. Bag: 6 kg. Of that, pencils: 1 kg. #trains',
    talk: [['bob', 'And the rye I sent?']],
  },
];

const bob: readonly DemoPost[] = [
  'Up at three. The starter was up before me.',
  'Flour delivery came with a note: “This one is thirsty.” It is. Four per cent more water, and it still asks. #bread',
  photo('Rye, 40 hours, nothing hurried. #bread', 'bread-rye'),
  'Degen i dag är på dåligt humör. Jag med. Vi väntar ut varandra. #bröd',
  'Cycled to work over the ice with tyres that cost more than the bicycle. No regrets. #cycling',
  'A child asked whether the holes in the bread are *where the flavour was*. I have no better answer.',
  {
    title: 'What “fresh” means at six in the morning',
    body: 'People want bread **warm**. Warm bread is not done: it is still setting, like a story told too early.\n\nWait an hour. For rye, wait a day. I will sell it to you warm, because I have to pay the rent, but know that I am sad. #bread',
    talk: [
      ['ada', 'I have eaten it in the street, warm, in front of you, and you said nothing.'],
      ['bob', '@ada You were happy. I am not a monster.'],
      ['*', 'A day? In my house rye lives for twenty minutes.'],
      ['eve', '“A story told too early.” Thank you for this one.'],
    ],
  },
  'Somebody left a bag of sour cherries at the door, no name. If it was you: there are buns. Say nothing, just come.',
  {
    body: 'Sea like a plate this morning, on the way home. Bread smells of bread, I smell of bread, the gulls have noticed.',
    photos: ['sea-morning'],
    place: ['Malmö', 55.6, 13.0],
  },
  'Oven two is at 243° when it says 250°. Oven one says 250° and means it. I trust oven two more: it has a *character*.',
  {
    poll: {
      question: 'New Saturday bread?',
      choices: ['Walnut and pear', 'Potato and dill', 'Plain wheat, but very good', 'Seeds, all of them'],
      weights: [3, 4, 5, 2],
      showsVoters: true,
      closesAfter: 6,
    },
    body: 'You choose, I bake. No complaints after Saturday.',
    talk: [
      ['carol', 'Plain, but very good, is the whole of engineering.'],
      ['bob', 'Plain is winning. You are my people.'],
    ],
  },
  'Apprentice, day one: burned herself, burned a tray, came back. She will be good.',
  photo('Dark, on purpose. The crust should argue with you a little. #bread', 'bread-dark'),
  {
    body: 'For those who follow me: the back door is open from half past five, and the first twelve loaves are yours.',
    to: 'FOLLOWERS',
    talk: [['ada', 'If only Leipzig were nearer than it is.']],
  },
  {
    body: 'Room on my floor for two on the way north. Bring a blanket, take a loaf.',
    to: 'night-trains',
    talk: [
      ['*', 'Bob, you are the best station on this line.'],
      ['ada', 'Stayed there twice. The floor is warm, it is above the oven.'],
    ],
  },
  'I have explained hydration to my brother for nine years. Yesterday he explained it to me, and was right. #bread',
  'The rye I sent to @ada arrived in Leipzig after four days, by three railways, **better** than it left. This is now a product.',
  {
    title: 'Recipe: the bread for people who say they cannot',
    body: '- 500 g flour, whatever you have\n- 380 g water\n- 10 g salt\n- 2 g dry yeast, a pinch really\n\nStir. Go to bed. In the morning fold it four times, wait while you have coffee, bake it in a hot pot with a lid: 30 minutes on, 15 off.\n\nIt will be *fine*. The next one will be good. #bread #recipes',
    photos: ['bread-round'],
    talk: [
      ['*', 'Does it work with half wholemeal?'],
      ['bob', '@{last} Yes. Add two spoons of water and some patience.'],
      ['*', 'It was fine. The next one was good. How did you know?'],
      ['carol', 'Compiled without warnings on the first try. Suspicious.'],
      ['dan', 'The lid is the trick, right? Without it mine was a discus.'],
      ['bob', '@dan The lid is the trick.'],
    ],
  },
  'Four in the morning, the baker across the canal has his lights on too. We wave every day. We have never met.',
  {
    body: 'Flat tyre, twelve trays of buns, one kind tram driver. Malmö, jag älskar dig. #cycling',
    talk: [['*', 'There are photos of this. You were very dignified.']],
  },
  'To whoever asked: yes, it is the *same* starter. She is 31. No, you may not know her name.',
];

const carol: readonly DemoPost[] = [
  'Rehearsal: the tenors came in a bar early, all of them, together. As a failure it was beautifully synchronised. #choir',
  'Spent a day on a bug that was a missing `break`. The plant beside me has grown two leaves in that time. #compilers',
  photo('The fig has understood that the window is on the left.', 'plant-fig'),
  'Error messages are the only prose that most people read from us. Write them *kindly*. #compilers',
  {
    title: 'Parsers should be boring',
    body: 'Every clever parser I have written I have rewritten.\n\n```\nexpr   = term { ("+" | "-") term }\nterm   = factor { ("*" | "/") factor }\n```\n\nThat is all. Put the cleverness where somebody will *thank* you for it: in what you say when it does not parse. #compilers #open-source',
    talk: [
      ['dan', 'This is a circuit diagram and I can read it. First time ever.'],
      ['*', 'And then somebody asks for operator sections.'],
      ['carol', '@{last} And then I pretend that the connection is bad.'],
      ['ada', 'Maps have this too. The legend must be boring.'],
    ],
  },
  'Tối nay hát Bach. Ngày mai viết trình biên dịch. Cây thì cứ lớn.',
  'An alto line is a **load-bearing wall**: nobody looks at it, everybody lives in it. #choir',
  'Watered everything. The moss says nothing, the basil says too much. #plants',
  {
    body: 'Today the optimiser deleted my whole test program, correctly. It did nothing. I have seldom felt so *seen*.',
    talk: [
      ['*', 'Undefined behaviour of the heart.'],
      ['eve', 'I would like that on a mug.'],
      ['carol', '@eve It has been optimised away.'],
    ],
  },
  photo('Moss, week nine. It has found the north of my desk. #plants', 'plant-moss'),
  {
    poll: {
      question: 'What shall the spring concert end with?',
      choices: ['The Tallis, again', 'Something new', 'Something old that is new to us', 'Silence'],
      weights: [4, 2, 5, 2],
      isHidden: true,
      closesAfter: 12,
    },
    body: 'The choir votes on paper, you vote here, I compare. #choir',
    talk: [['bob', 'Silence, then bread.']],
  },
  'I name my branches after composers. `palestrina` merged without conflicts. `gesualdo` did not.',
  'Somebody on the bus hummed our alto line. Not the tune: the **alto line**. I nearly wept into my shopping.',
  {
    body: 'Sheet music for Sunday is in the folder. Bar 42: we breathe *after* the comma, whatever the sopranos do.',
    to: 'altos',
    talk: [
      ['ada', 'I have marked it in red, blue and despair.'],
      ['*', 'After the comma. I will be strong.'],
    ],
  },
  {
    body: 'Section rehearsal moves to my flat, the heating at the hall is gone. There is room between the plants.',
    to: 'altos',
    talk: [['*', 'Between which of them? I counted forty.']],
  },
  {
    body: 'I am thinking of leaving the company to work on the compiler alone. Nobody knows but you. Say what you really think.',
    to: 'CONNECTIONS',
    talk: [
      ['ada', 'Do it on a Thursday, so that we can celebrate at the working group.'],
      ['bob', 'You will need bread. That part is solved.'],
    ],
  },
  {
    body: 'The solo in the spring concert is mine. I have told nobody but you, because then I would have to *do* it.',
    to: 'ASPECTS',
    talk: [['ada', 'You have to do it. We have told nobody but everybody in this list.']],
  },
  {
    body: 'Does anybody know whether the Hà Nội to Huế sleeper still has the open-air end platform? Asking for a hat. #trains',
    to: 'night-trains',
    talk: [['ada', 'It does in the 2019 wagons. Hold on to the hat.']],
  },
  {
    body: 'Notes from a talk on incremental parsing, mostly drawings of trees: https://choir.example/carol/trees #compilers',
    links: ['https://choir.example/carol/trees'],
  },
  'Rule of this flat: any plant that survives one of my release weeks gets a name. Welcome, *Register Spill*. #plants',
  {
    body: 'Light at six, before the first commit. #plants',
    photos: ['plant-window'],
    talk: [
      ['*', 'What is the tall one?'],
      ['carol', '@{last} A dracaena with ambitions.'],
    ],
  },
  {
    body: 'Concert done. We ended on something old that is new to us, as you voted, and then there was the kind of silence one can lean on. Thank you, @ada, for coming 9,000 km by rail to hear eleven minutes.',
    talk: [
      ['ada', 'I would come for ten.'],
      ['*', 'I was there and I am still quiet.'],
      ['bob', 'How do I bake that?'],
    ],
  },
  'Release day. 0 warnings, 2 tears. The changelog has a line for the moss.',
];

const dan: readonly DemoPost[] = [
  'Alguém em Porto Alegre tem um capacitor de 47 µF para amanhã? Troco por café. #radio',
  'Rule one: it is the power supply. Rule two: it is still the power supply. #radio',
  photo('A 1961 set, back from the dead. It smells of dust and football. #radio', 'radio-red'),
  'A lady of 84 brought the radio on which she heard the moon landing. It needed one resistor. I have charged her one story.',
  'Midnight, 40 metres, a station I cannot name plays an accordion as if nobody were listening. Somebody was. #radio',
  {
    title: 'How to tell what is wrong before you open it',
    body: '1. **Hum that stays** when you turn the volume down: filter capacitors.\n2. **Crackle when you touch the knob**: clean it, do not replace it.\n3. **Nothing at all**: is it plugged in? I am serious.\n4. **Smoke**: now you know.\n\n#radio #repair',
    talk: [
      ['*', 'Number 3 has earned me a reputation as a wizard.'],
      ['carol', 'Number 4 is also how we found the memory leak.'],
      ['bob', 'Mine hums and I hum back. Should I worry?'],
      ['dan', '@bob Only if you are in tune.'],
    ],
  },
  'Solder, coffee, rain on the roof. If there is a better Sunday, nobody has told me of it.',
  {
    body: 'The Guaíba at dusk. Antennas look best when they have nothing to say.',
    photos: ['sea-dusk'],
    place: ['Porto Alegre', -30.03, -51.22],
  },
  {
    poll: {
      question: 'The old valve set hums. What do I do?',
      choices: ['Replace all capacitors', 'Replace only the bad one', 'Leave it: that is its voice'],
      weights: [3, 6, 4],
      showsVoters: true,
    },
    body: 'The owner says it has hummed since 1970, “like my husband”. #repair',
    talk: [['*', 'Its voice. Definitely its voice.']],
  },
  'People throw away amplifiers because of a fuse. A **fuse**. I found three this week, and now the street has a sound system.',
  'If you write to me about a broken radio, please do not send the sound as *text*. “Krrrshhh” is not a diagnosis.',
  photo('Portable, 1974. The green one, the one from the beach, you all had it. #radio', 'radio-green'),
  'The waterfall display showed a bird today: somebody’s microphone was open near a thrush. I logged it as a station.',
  {
    body: 'The workshop is closed next week: my sister gets married and I am the band’s electrician.',
    to: 'FOLLOWERS',
  },
  {
    body: 'Any radio amateurs who take the sleepers? I want to log how far up the line the 2 m repeater at the junction carries. #radio',
    to: 'night-trains',
    talk: [
      ['ada', 'I can take notes, if you tell me what to note.'],
      ['dan', '@ada Where it goes quiet. That is all a map is, no?'],
      ['ada', '@dan Careful, that is how one becomes a cartographer.'],
    ],
  },
  'Café às cinco, ferro de solda às seis. O rádio do seu Zé voltou a falar. #repair',
  'Learned a new word from @ada: *Trampelpfad*. I have one between the workbench and the kettle.',
  {
    body: 'Schematics of every set I have repaired since 2011, redrawn, free: https://radio.example/schematics.zip #repair #open-source',
    links: ['https://radio.example/schematics.zip'],
    talk: [
      ['*', 'You are a public library with a soldering iron.'],
      ['carol', 'The netlists parse! All of them!'],
    ],
  },
  'Repair café on Saturday. Bring what is broken, take what is mended, stay for what is said in between. #repair',
  'Heard Lisbon, Dakar and a taxi in the next street, in one evening, on one wire. #radio',
];

const eve: readonly DemoPost[] = [
  'The quietest car of the L is the last one, between 2.10 and 2.40 at night. I will not tell you which seat.',
  'Listening is not waiting for your turn.',
  photo('Eleven windows, eleven evenings.', 'windows-night'),
  'Wren was up at five and wrote down every sound until seven: 3 trucks, 1 argument (mild), a great many pigeons.',
  'What is the opposite of an echo? Asking for some of us.',
  {
    title: 'Sounds that are gone',
    body: 'I collect them. So far:\n\n- the tone before the news\n- a lift with a *gate*\n- rain on the roof of the old market\n- my grandmother’s keys, among all keys\n\nWhich are yours?',
    talk: [
      ['bob', 'The bread slicer of the old shop. Like a very slow accordion.'],
      ['*', 'Coins in a telephone.'],
      ['*', 'The theatre’s fire curtain. One felt it in the knees.'],
      ['eve', '@{last} In the knees. Yes. Written down.'],
      ['carol', 'A modem, of course, but one at three in the morning under a pillow.'],
    ],
  },
  'Bob’s bread arrived. We listened to the crust cool. It *sings*, did you know? Very high, for about four minutes.',
  'La ville dort mal, mais elle dort. #paris',
  'To the person who practises one scale on one trumpet, badly, on 114th Street: do not stop.',
  {
    poll: {
      question: 'Which hour is the quietest where you are?',
      choices: ['2 to 3', '3 to 4', '4 to 5', '5 to 6', 'There is none'],
      weights: [2, 6, 5, 2, 3],
      isHidden: true,
    },
    body: 'One answer each. Open your window first.',
    talk: [
      ['bob', '3 to 4. I am the noise.'],
      ['*', 'There is none, I have twins.'],
    ],
  },
  'A cup of tea, left alone, ticks.',
  photo('White cup, dark table. It has stopped ticking.', 'cup-white'),
  'I follow few people and read everything they write twice. This is not a *system*. Well, we are.',
  {
    body: 'We had a hard week. Iris is holding the door. No advice please, only weather reports from where you are.',
    to: 'FOLLOWERS',
  },
  'Field recordings from the night bus, unedited, 48 minutes: https://eve.example/m15.mp4',
  'Thunder over Queens: I counted to nine. Echo counted to eight. We are both right.',
  {
    body: 'Rain.',
    photos: ['windows-rain'],
    talk: [
      ['bob', 'Here too. Hello from four in the morning.'],
      ['*', 'I can hear this picture.'],
    ],
  },
  {
    body: 'Read the piece on directions (“until it feels too far”) aloud to a friend who is blind. She laughed, and said: *that is the only kind I get.* Then she drew me one on my palm. Thank you, @ada.',
    talk: [['ada', 'Would she draw one for the archive? I would print it raised.']],
  },
  'Dear neighbours, the piano has been tuned. You may come out now.',
];

/** By username. */
export const namedPosts: Readonly<Record<Named, readonly DemoPost[]>> = { ada, bob, carol, dan, eve };
