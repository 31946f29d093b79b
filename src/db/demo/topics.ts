// What the neighbours write about, in sentences with gaps, and what others say to it. A gap is filled with one of the
// words that the topic has for it, or with one of those that all have.

export interface Topic {
  posts: readonly string[];
  words: Readonly<Record<string, readonly string[]>>;
  /** With what a post has to have for it in brackets before it; without, it fits all. */
  replies: readonly string[];
}

/** The words between the bars. */
const of = (words: string) => words.split(' | ');

/** What fills gaps in every topic. */
export const sharedWords: Readonly<Record<string, readonly string[]>> = {
  when: of('This morning | Last night | On Sunday | After work | Between two showers of rain | At lunch'),
  who: of('my neighbour | my sister | a colleague | my father | the postman | an old friend | my flatmate'),
  count: of('Three | Four | Five | Six | Seven | Nine'),
  time: of('two hours | a whole evening | most of a week | eleven minutes | half a year'),
};

export const topics: Readonly<Record<string, Topic>> = {
  art: {
    posts: [
      '{when} I drew {thing} with {tool}. It looks like {like}. #art',
      'The museum has moved {thing} to the room with {light}, and I have understood it at last. #art',
      '{count} sketches of {thing}, one of them honest.',
      'Rule for this week: {tool} only, no rubber, no excuses. Today’s victim is {thing}. #art #sketchbook',
      'I asked {who} to sit for a portrait. It took {time}. The hands are *good*; let us not speak of the nose.',
      'Does anybody else fear the **second** layer of {paint} more than the first?',
    ],
    words: {
      thing: of(
        'a pear | the harbour crane | my left hand | an empty chair | the cat, moving | a paper bag | the stairwell',
      ),
      tool: of('a biro | charcoal | a stick and ink | one brush | a broken pencil'),
      like: of(
        'a potato with plans | the thing itself, which is new | somebody else’s, in a good way | a map of worry',
      ),
      light: of('north light | the bad lamp | the tall window | no guard in it'),
      paint: of('watercolour | gouache | egg tempera | varnish'),
    },
    replies: of(
      '(drew) The line is alive, leave it. | (drew) I would hang this in the kitchen, which is the best room. | (sketch) What paper is it? | (nose) Noses are a conspiracy. | More of these, please.',
    ),
  },
  books: {
    posts: [
      'Finished {book} at {hour}. I have to be up in four hours and regret *nothing*. #books',
      '{when} {who} gave me back {book} after {time}. With notes. In **pen**. #books',
      'The library had {book} on the shelf for returned books, still warm. I took it, of course.',
      '{count} books begun, none finished, and I have just ordered {book}. #books #amreading',
      'A sentence from {book} that I have carried about all day:\n\n> {quote}',
      'Unpopular: {book} should have ended a chapter earlier. Discuss, gently. #books',
    ],
    words: {
      book: of(
        'a novel about a lighthouse | the long one about the canal | a cookbook without pictures | the third volume | a history of salt | a crime novel set in a choir | those letters from Trieste | a thin book about moths',
      ),
      hour: of('two in the morning | ten past three | dawn | the last stop of the tram'),
      quote: of(
        'Nobody had told the river. | She left the door open, as one leaves a question. | It was the sort of town that apologises. | He folded the map along the wrong years.',
      ),
    },
    replies: of(
      'Adding it to the pile. The pile says hello. | (Finished) I could not finish that one, what am I missing? | (pen) Notes in pen are a form of love. | (sentence) Is it translated? | (Unpopular) The ending *is* the point, I think. But gently.',
    ),
  },
  climbing: {
    posts: [
      '{when}: {grade}, at last, after {time} of falling off the same hold. #climbing',
      'My fingers are {state}. The route does not care. #climbing',
      '{who} belayed me up {route} and told me about a divorce the whole way. Best climb this year.',
      'They have reset {route}. Mourning is allowed until Friday.',
      '**Beta wanted**: {route}, the move to {hold}. I am {height}, be kind. #climbing',
      'Chalk in the coffee again. It does nothing for the grip.',
    ],
    words: {
      grade: of('6a | 6b | my first 6c | a 5c that felt like an 8 | a blue one'),
      state: of('mostly tape | a topographic map | thicker than last year | on strike'),
      route: of(
        'the yellow overhang | the long grey slab | “Aunt Irma” | the corner by the fire exit | the crack that is not a crack',
      ),
      hold: of('the sloper | the sad little crimp | the volume | that thing like a bun'),
      height: of('158 cm | 1.62 | short | tall, and it does not help'),
    },
    replies: of(
      '(bun) Heel on the bun, trust it, breathe. | (Beta) Left foot higher than you want. | (at last) Congratulations! That one spat me out for months. | (fingers) Tape is a lifestyle. | See you there on Thursday?',
    ),
  },
  coffee: {
    posts: [
      '{when} I paid {price} for a coffee that tasted of {taste}. I would do it again. #coffee',
      'New grinder setting: {setting}. {who} says there is no difference. {who2} says there is.',
      'The café on the corner now serves {drink} only. I respect it, from the other side of the street.',
      '{count} cups before noon. I can see {sight}. #coffee',
      'A small praise of bad coffee: {praise}.',
      'Descaled the machine. It took {time}, and it hums in a **new key**. #coffee',
    ],
    words: {
      price: of('7 euros | far too much | an hour’s wage | 52 kronor'),
      taste: of('apricots | a tyre, nicely | blackcurrant | toast in another room | tea'),
      setting: of('14 | 14 and a half | between “pepper” and “sand” | the one with the scratch'),
      who2: of('my nose | the cat | the water | my doctor'),
      drink: of('filter | flat whites | espresso, standing | decaf after four'),
      sight: of('sounds | next Tuesday | through the newspaper | why people garden'),
      praise: of(
        'it is hot, and it is there | station coffee has never let a train leave without me | the one at the hospital stays with you for years | nobody photographs it',
      ),
    },
    replies: of(
      '(grinder) Grind coarser. It is always coarser. | (difference) There is a difference and it is the cup. | (decaf) Decaf after four is a sign of wisdom. | (tasted) What beans? | (cups) I can hear you typing fast.',
    ),
  },
  games: {
    posts: [
      'Game night: {game}. {who} won by {how}. We are still talking to each other, just. #games',
      '{count} hours of {game} and we have only set up the board. #games',
      'I have been stuck at {place} for {time}. No hints! All right: *one* hint.',
      'House rule of the week: {rule}. It makes {game} better, do not write to me. #games',
      '{when} I lost {game} to a nine-year-old, who explained my mistake **patiently**.',
      'Looking for a fourth for {game}, Thursdays, snacks provided, mercy not.',
    ],
    words: {
      game: of(
        'a game about bees | the railway game | that card game with the goats | chess, the slow kind | the one with the lighthouse | a dungeon without a map',
      ),
      how: of(
        'trading one sheep | saying nothing for an hour | misreading a card in her own favour | a single point | buying all the bridges',
      ),
      place: of('the water temple | the bell puzzle | level 40 | the room with nine doors'),
      rule: of(
        'whoever explains the rules goes last | no phones, no dice on the floor | the youngest may undo once | sore losers make tea',
      ),
    },
    replies: of(
      '(nine doors) The ninth door is a wall. That is the hint. | (fourth) I am in for Thursday, if there is cheese. | (nine-year-old) Patience of nine-year-olds is the scariest thing in gaming. | (bridges) We ban the bridges for that reason. | (set up) Setting up *is* the game.',
    ),
  },
  gardening: {
    posts: [
      'First {crop} out of the ground. It has the shape of {shape} and I am absurdly proud. #gardening',
      'The slugs have had {time} of feasting on {crop2}. I have sent them an invoice.',
      '{when} {who} gave me {gift} over the fence, no words. That is how it begins. #gardening',
      'Compost report: {compost}. #gardening',
      'Sowed {crop2} {place}. Labels in pencil, for I never learn.',
      '{count} tomatoes on the windowsill, all of them called *Kevin*. #gardening #balcony',
    ],
    words: {
      crop: of('radish | carrot | potato | beetroot | parsnip'),
      crop2: of('lettuce | chard | dill | broad beans | sweet peas | pak choi'),
      shape: of('a small politician | a mitten | Iceland | two people arguing'),
      gift: of(
        'a division of rhubarb | a bag of horse manure | eleven strawberry runners | a currant cutting in wet newspaper',
      ),
      compost: of(
        'warm, brown, smells of forest | a robin has moved in | somebody put in a shoe | steam at seven in the morning, like a small volcano',
      ),
      place: of('in the old sink | under glass | between the stones | where the swing used to be'),
    },
    replies: of(
      '(Iceland) Iceland-shaped ones are the sweetest. | (slugs) Beer traps. Or ducks. Ducks are more fun. | (rhubarb) Rhubarb is for life, you know. | (Sowed) Mine have not even come up. What soil? | (Kevin) Kevin sends regards to Kevin.',
    ),
  },
  linguistics: {
    posts: [
      'Word of the day: *{word}*. {who} uses it for {meaning}, and now I hear it everywhere. #linguistics',
      '{when} on the bus: somebody said “{heard}” and nobody blinked. I nearly asked for a recording. #linguistics',
      'Why is it {pair}? I know why. I am asking how you *feel* about it.',
      'My dialect has {count2} words for {thing}, and none for {thing2}.',
      'Field notes, day {day}: people are far more certain of their vowels than their vowels are of them. #linguistics',
      'I have spent {time} with a grammar of {language} and dreamt a passive. #linguistics',
    ],
    words: {
      word: of('mardy | kaamos | Feierabend | gigil | tretår | outwith | sobremesa | anteayer'),
      meaning: of('the mood of cats | everything that needs no doing | a third cup | Tuesdays'),
      heard: of(
        'we was sat | it might could rain | these ones here what I have | I’m after losing it | can you borrow me that',
      ),
      pair: of(
        '“on” a bus and “in” a car | “deep” sleep and “fast” asleep | “make” a decision and “take” one | “the” Hague',
      ),
      count2: of('four | seven | two'),
      thing: of('drizzle | a crust | being slightly late | the end of a loaf'),
      thing2: of('“please” | the day after tomorrow | “awkward” | a light rain that means it'),
      day: of('3 | 12 | 40 | who knows'),
      language: of('Faroese | Basque | Wolof | Tagalog | Sorbian'),
    },
    replies: of(
      '(Word of the day) My grandmother says exactly this, she is from the coast. | (feel) I feel strongly and cannot say why. | (dreamt) Dreaming in the passive: one is dreamt. | (recording) Is that double modal or a mishearing? Source? Recording? Please? | (Word of the day) Stealing this word at once.',
    ),
  },
  music: {
    posts: [
      '{when}: {count} bars of {piece}, slowly, {how}. #music',
      '{who} has lent me {instrument}. The neighbours have been informed. #music',
      'Heard {piece} at {place}, free, and so good that nobody coughed. #music',
      'The string that broke was the new one. It is **always** the new one.',
      'One chord in {piece} has kept me busy for {time}. It is not even dissonant. It is only *early*. #music',
      'Band practice: we argued about the tempo, then about lunch, then played it right by mistake.',
    ],
    words: {
      piece: of(
        'the slow movement | a song by my aunt | the B-side that everybody knows | the Schubert | an old polska | that tune from the ferry',
      ),
      how: of('with a metronome and little hope | hands apart, mind apart | and then too fast | eyes closed'),
      instrument: of(
        'a baritone ukulele | her old cello | a concertina | two thirds of a drum kit | a clarinet with a past',
      ),
      place: of('the laundrette | the town hall | a garage in the rain | the end of the pier'),
    },
    replies: of(
      '(concertina) A concertina! My condolences to the house. And envy. | (slowly) Slowly is the only way. Slower. | (bars) Record it, even badly. | (Heard) Was that the one on Friday? I stood at the back and cried. | (chord) The early chord. Yes. That one.',
    ),
  },
  'open-source': {
    posts: [
      'My first patch to {project} is merged. It fixes {fix}. I have told everybody, also the dentist. #opensource',
      '{when} I closed {count2} issues by reading them. They were all the **same** one. #open-source',
      'Dear maintainers of {project}: it works, it has worked for {time}, thank you. That is the whole message. #open-source',
      'Release notes are a letter. Mine for {project} now begin with “Dear all”. #open-source',
      'Found `{code}` in {project}, with a comment from {year}: “temporary”.',
      'Looking for somebody who knows {skill} and has an hour for {project}. Cake can be arranged. #opensource',
    ],
    words: {
      project: of(
        'a feed reader | the bus timetable app | a font editor | our library’s catalogue | a weather daemon | a small parser',
      ),
      fix: of(
        'a comma | daylight saving time | the German plural | a crash on leap days | one test that only failed on Fridays',
      ),
      count2: of('31 | 12 | nine | forty'),
      code: of('sleep(1) | if (true) | retry = 7 | // do not ask | catch {}'),
      year: of('2009 | 2013 | 1998 | before I was born'),
      skill: of('Windows paths | right-to-left text | old CSS | time zones | packaging'),
    },
    replies: of(
      '(temporary) “Temporary” is the strongest adhesive known. | (Looking) I have an hour and like cake. Link? | (merged) Congratulations! The first one is the best one. | (Fridays) Fridays are a platform and should be in the test matrix. | (Release notes) I read your release notes aloud to my cat.',
    ),
  },
  tea: {
    posts: [
      '{when} I found a tin of {tea} that I had hidden from myself. {count} spoons left. #tea',
      'Water at {temperature}, {tea}, {steep}, no talking. #tea',
      '{who} puts {crime} in {tea}. I say nothing. I look out of the window.',
      'A pot for one is a lonely thing, so I made {tea} for four and sat in {time} of company with it.',
      'The best cup this week was {tea} out of a flask, on {place}. #tea',
      'Does the second infusion of {tea} count as *breakfast*?',
    ],
    words: {
      tea: of(
        'Assam | smoked Lapsang | gyokuro | mint from the balcony | oolong | that rooibos with orange | first-flush Darjeeling',
      ),
      temperature: of('60° | 70° | 80° | a temperature I guessed'),
      steep: of(
        'two minutes | one minute by the church clock | until it looks like a violin | too long, on purpose',
      ),
      crime: of('sugar, three | the milk first | a cinnamon stick | an ice cube'),
      place: of('the breakwater | platform 9 | a bench in the fog | the roof'),
    },
    replies: of(
      '(infusion) The second is the best one, the first only wakes it up. | (milk first) Milk first is a legitimate tradition, says I, hiding. | (violin) Until it looks like a violin! Yes! | Where do you get it? | (pot for) Company of a pot of four is good company.',
    ),
  },
  everyday: {
    posts: [
      '{when} {who} and I missed {transport} together and have been friends since.',
      'Found on the pavement: {found}. If it is yours, write to me and say what colour it is.',
      '{count} things I did not do today: {undone}. It was lovely.',
      'The lift is broken again. On the {floor} floor somebody has put out a chair with a note: *rest here*. People are all right.',
      'Ich habe heute {found2} gefunden und mich den ganzen Tag gefreut.',
      'Hoy me he perdido {time2} y he encontrado {found3}.',
      'Moved {furniture} from one wall to the other. The flat is somebody else’s now.',
      'Dear @{named}, {wish}. That is all. Good night.',
    ],
    words: {
      transport: of('the last tram | the 7.14 | the ferry | the bus by a coat’s length'),
      found: of(
        'one glove, left, wool | a key with a fish on it | a very good shopping list | half a chess set | a love letter to a dog',
      ),
      undone: of('laundry, taxes, worry | emails, running, regret | the big shop and the small one'),
      floor: of('third | fourth | sixth'),
      found2: of(
        'einen alten Stadtplan | einen Zettel mit einem Rezept | vier gleiche Socken | den ersten Löwenzahn',
      ),
      time2: of('dos horas | toda la tarde | un domingo entero'),
      found3: of('una panadería | un banco con vistas | a mi profesora de música | un gato muy serio'),
      furniture: of('the desk | the bed | the big shelf | the piano, with help'),
      named: of('ada | bob | carol | dan | eve'),
      wish: of(
        'thank you for the thing you wrote last week | I tried it, and it works | more like the last one, please | you were right about the weather | I have shown it to my mother, and she asks for more',
      ),
    },
    replies: of(
      'This is why I come here. | (lift) The chair on the stairs! Ours has a blanket too. | (lift) People *are* all right, some days. | (fish) Is it a red fish? | (did not do) Same here, down to the rain.',
    ),
  },
  kitchen: {
    posts: [
      '{when}: {dish}, with {extra}, eaten standing. #cooking',
      'I followed the recipe for {dish} exactly, except for {except}. It is the recipe’s fault. #cooking',
      '{who} brought {dish} in a pot that has to be returned full. I know the **law**.',
      'Tried @bob’s bread with {extra}. {verdict}',
      'Leftovers, day {day}: {dish} has become {becomes}. #cooking',
      'Receita de domingo: {prato}. Sem pressa. #cozinha',
    ],
    words: {
      dish: of(
        'lentil soup | dumplings | a leek pie | rice and peas | shakshuka | cabbage, the good way | cold noodles',
      ),
      extra: of(
        'too much lemon | the last of the butter | pickled turnips | toasted buckwheat | an egg on top',
      ),
      except: of('the oven | most of the steps | cream, which became oat milk | two hours of waiting'),
      verdict: of(
        'It was **fine**, as promised. | We fought over the heel. | The lid is the trick. | Second attempt on Saturday.',
      ),
      day: of('2 | 3 | 4'),
      becomes: of('a sauce | a filling | a sandwich of legend | a question'),
      prato: of('feijão, couve e conversa | bolo de milho | sopa de abóbora | pão com tudo'),
    },
    replies: of(
      '(returned) Return it full, or move town. | (egg on top) An egg on top is a moral position. | Recipe? A real one, with grams? | (exactly) I did that and set off the alarm. | (standing) Standing is how it tastes best.',
    ),
  },
  pets: {
    posts: [
      '{pet} has discovered {object}. We do not have {object} any more.',
      '{when} {pet} sat by the door for {time}, in case the postman had changed his mind.',
      'The vet says {pet} is “{verdict}”. I have had it framed. #{tag}',
      '{count} in the morning, and {pet} wishes to discuss {subject}. #{tag}',
      'Taught {pet} to {trick}. Nobody asked for this, least of all {pet}.',
    ],
    words: {
      pet: of('the cat | our old dog | the rabbit | the parrot | my sister’s tortoise'),
      object: of('the paper lamp | Lent | the good armchair | the houseplants | the toilet roll'),
      verdict: of('robust | a lady of opinions | not fat, but ready | in better shape than you'),
      tag: of('pets | animals | home'),
      subject: of('breakfast | the moon | a moth | the closed door'),
      trick: of('close drawers | answer the phone | wait | sing with the radio'),
    },
    replies: of(
      '(not fat) “Not fat, but ready” is my new motto. | Picture, or it did not happen. | (moon) Ours hates the moon too. | (old dog) Please give the old dog a kind word from me. | (tortoise) The tortoise knows.',
    ),
  },
};
