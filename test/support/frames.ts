/** What a terminal of our own shows after each of some outputs, as frames without a wall. */
import type { Screen, Size } from '../../src/core/cells.js';
import { Frame } from '../../src/core/frame.js';
import { Redactor } from '../../src/core/redact/redactor.js';
import { Emulator } from '../../src/presenter/emulator.js';

export function framesOf(outputs: readonly string[], size: Size): Frame[] {
  const emulator = new Emulator(size);
  let screen: Screen | null = null;
  const frames = outputs.map((text) => {
    emulator.feed(Buffer.from(text));
    screen = emulator.capture(screen);
    return Frame.of(screen, Redactor.NONE);
  });
  emulator.dispose();
  return frames;
}
