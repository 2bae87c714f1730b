/**
 * The screen: a thread of its own that holds the emulator, asks the wall and makes frames. Whatever a program prints,
 * it is this thread that works on it; when it hangs, the host ends it and starts another.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Screen } from '../../core/cells.js';
import { clampSize, Frame } from '../../core/frame.js';
import { Redactor } from '../../core/redact/redactor.js';
import { Emulator } from '../../presenter/emulator.js';
import { Ticker } from '../../presenter/ticker.js';
import { FrameServer } from './frames-socket.js';
import type { FromScreen, ScreenStart, ToScreen } from './messages.js';
