/**
 * The right to write in a directory, which one process has at a time. Whoever takes it over gets a higher epoch; the one before learns of it
 * at its next `check`.
 */
export interface Fence {
  /** From 1 on; each holder's is higher than those of all before it. */
  readonly epoch: number
  /**
   * Resolves while nobody has taken the directory over. A writer asks after its bytes are safe and before it says so: then whoever takes over
   * later reads them.
   * @throws DirectoryFencedError
   */
  check(): Promise<void>
}
