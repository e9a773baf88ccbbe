/** A deliberate mistake: one place of one source file, changed. */
export interface Fault {
  /** What the system does wrong with it. */
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Text that is in the file exactly once. */
  readonly search: string
  readonly replace: string
  /** The themes of the vectors among which some must notice. */
  readonly themes: readonly string[]
}

/** The environment variable that hands a fault to the process that has it. */
export const faultVariable = 'CONFORMANCE_FAULT'
