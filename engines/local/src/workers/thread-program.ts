/** The module of a thread's program beside this one: TypeScript where the sources run directly, JavaScript where they are built. */
export const threadProgram = (name: string, from: string): URL =>
  new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from)
