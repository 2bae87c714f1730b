/** Does something once for all who asked for it in one turn of the event loop, at its end. */
export function oncePerTurn(act: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      act();
    });
  };
}
