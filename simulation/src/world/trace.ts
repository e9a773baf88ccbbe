/** Everything that happened, line by line: as a sum that two runs are compared by, and as text where somebody wants to read it. */
export class Trace {
  readonly lines: string[] | undefined
  #sum = 0x811c9dc5
  #length = 0
  readonly #names = new Map<string, string>()

  constructor(keepLines: boolean) {
    this.lines = keepLines ? [] : undefined
  }

  add(line: string): void {
    const named = line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, random => this.#nameOf(random))
    this.#length++
    for (let i = 0; i < named.length; i++) this.#sum = Math.imul(this.#sum ^ named.charCodeAt(i), 0x01000193)
    this.lines?.push(named)
  }

  /** How many lines, and their sum. */
  get digest(): string {
    return `${this.#length}-${(this.#sum >>> 0).toString(16)}`
  }

  /** Random names of directories, by the order in which they come up. */
  #nameOf(random: string): string {
    const known = this.#names.get(random)
    if (known !== undefined) return known
    const name = `run-${this.#names.size}`
    this.#names.set(random, name)
    return name
  }
}
