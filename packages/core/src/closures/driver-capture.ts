let capturing = false

/**
 * Captures functions of the driver, for a checkpoint: contexts, which no task can have, then travel as what stands for them, since whoever goes on
 * from the checkpoint has contexts of its own.
 */
export function capturingDriver<R>(f: () => R): R {
  const before = capturing
  capturing = true
  try {
    return f()
  } finally {
    capturing = before
  }
}

/** Whether what is captured right now will run in a driver again. */
export const isCapturingDriver = (): boolean => capturing
