/**
 * Tells when one of some files may have changed: written, replaced, removed or created. Their folders are watched, since
 * editors replace files; nothing is polled. It does not read them.
 */
import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** A file is left in peace until nothing happened to it for so long, in ms: programs write it in pieces. */
const QUIET_MS = 200;

export class FileWatch {
  readonly #changed: () => void;
  #watchers: FSWatcher[] = [];
  #quiet: NodeJS.Timeout | null = null;

  /** @param changed called once for changes that come together */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** From now on these files, which need not be there. A folder that is not there cannot be watched. */
  follow(files: readonly string[]): void {
    for (const watcher of this.#watchers) watcher.close();
    const names = new Map<string, Set<string>>();
    for (const path of files.flatMap(both)) {
      const inFolder = names.get(dirname(path)) ?? new Set<string>();
      names.set(dirname(path), inFolder.add(basename(path)));
    }
    this.#watchers = [...names].flatMap(([folder, wanted]) => this.#watch(folder, wanted));
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#quiet = null;
  }

  #watch(folder: string, wanted: ReadonlySet<string>): readonly FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || wanted.has(name)) this.#soon();
      });
      // The folder is gone, or the system has no watches left: there is the signal still.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  }

  #soon(): void {
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      this.#changed();
    }, QUIET_MS);
  }
}

/** A file, and where it leads when it is a link. */
function both(file: string): readonly string[] {
  const path = resolve(file);
  try {
    return [path, realpathSync(path)];
  } catch {
    return [path];
  }
}
