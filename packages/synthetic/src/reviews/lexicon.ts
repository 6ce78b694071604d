/** What reviews judge, and with which words. */

/** What is judged, by what the review is about. */
export const aspects: Readonly<Record<string, readonly string[]>> = {
  film: 'acting plot dialogue ending photography script cast direction'.split(' '),
  book: 'style preface chapter prose narrator tone cover title'.split(' '),
  restaurant: 'soup dessert menu waiter sauce salad steak kitchen'.split(' '),
  hotel: 'room bed breakfast view pool lobby balcony reception'.split(' '),
  concert: 'singer band hall encore choir melody rhythm audience'.split(' '),
  gadget: 'screen battery keyboard sound design speaker lens manual'.split(' '),
  trip: 'guide weather train flight ticket route schedule driver'.split(' '),
  course: 'teacher lecture exercise textbook exam classroom syllabus seminar'.split(' '),
};

/** Words of judgement by direction and strength. */
export const judgements = {
  positive: {
    mild: 'good nice pleasant decent enjoyable fine solid charming likeable neat satisfying agreeable'.split(' '),
    strong: 'excellent brilliant superb wonderful fantastic outstanding magnificent marvellous splendid stunning'.split(
      ' ',
    ),
  },
  negative: {
    mild: 'bad poor dull bland flat disappointing tedious clumsy forgettable boring annoying mediocre'.split(' '),
    strong: 'terrible awful horrible dreadful atrocious appalling abysmal pathetic miserable disgusting'.split(' '),
  },
} as const;

export const intensifiers = ['very', 'really', 'extremely', 'truly', 'remarkably'] as const;
export const diminishers = ['slightly', 'somewhat', 'a bit', 'a little', 'fairly'] as const;
