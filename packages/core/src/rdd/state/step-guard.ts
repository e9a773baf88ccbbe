/** Whoever reads states of a version later, and has to have read them before their objects can be changed in place. */
interface LateReader {
  /** Reads, at once, what it has not read yet. */
  readNow(): void
}

/**
 * What stands between the steps of a state and those who read its older versions. A step gives the objects of the state to the program's function, which may change them in
 * place; so those who are to see a version as it was read it before the next step begins. Tables that share objects share one of these.
 */
export class StepGuard {
  readonly #readers = new Set<LateReader>()
  #steps = 0

  /** How often objects have been given out. */
  get steps(): number {
    return this.#steps
  }

  add(reader: LateReader): void {
    this.#readers.add(reader)
  }

  delete(reader: LateReader): void {
    this.#readers.delete(reader)
  }

  /** A step is about to begin. */
  nextStep(): void {
    for (const reader of this.#readers) reader.readNow()
    this.#steps++
  }
}

/** Whether a state can be changed in place. */
export const isMutable = (state: unknown): boolean => typeof state === 'object' && state !== null
