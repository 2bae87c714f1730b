/** What the edge tells about observers, brought to those whom it concerns. */
import type { FromEdge } from './messages.js';
import type { People } from './people.js';

/** Messages that are about one observer, or all of them. The result is what is about something else. */
export function hear(message: FromEdge, people: People): FromEdge | null {
  switch (message.type) {
    case 'arrived':
      people.arrived(message.arrival);
      return null;
    case 'left':
      people.left(message.id, message.reason);
      return null;
    case 'name':
      people.named(message.id, message.name);
      return null;
    case 'resized':
      people.resized(message.id, message.size);
      return null;
    case 'lag':
      people.lagged(message.id, message.ms);
      return null;
    case 'measures':
      people.measured(message.measures);
      return null;
    default:
      return hearWishes(message, people);
  }
}

/** What an observer does with his keys. */
function hearWishes(message: FromEdge, { lending, suggestions, ballots, talk }: People): FromEdge | null {
  switch (message.type) {
    case 'press':
      lending.press(message.id, message.keys);
      return null;
    case 'ask':
      lending.ask(message.id);
      return null;
    case 'withdraw':
      lending.withdraw(message.id);
      return null;
    case 'giveBack':
      lending.giveBack(message.id);
      return null;
    case 'suggest':
      void suggestions.compose(message.id, message.text, message.ready);
      return null;
    case 'vote':
      ballots.cast(message.id, message.yes);
      return null;
    case 'chat':
      void talk.chat(message.id, message.text);
      return null;
    case 'point':
      talk.point(message.id, message.cell);
      return null;
    default:
      return message;
  }
}
