import { spawn, type ChildProcess } from 'node:child_process'
import { firstSuperviseState, superviseStep } from './supervise-steps.ts'
import type { Ending, SuperviseCommand, SuperviseEvent, Supervision } from './supervise-steps.ts'

/** What is started, again and again. */
export interface Driver {
  /** Path of a program for Node, and its arguments. */
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** The exit code that programs have where the system could not do what it should, such as to make a process. */
const notStarted = 71

/**
 * Runs a driver as a process of its own, with this process's options of Node, streams and signals; starts it again as superviseStep says. Resolves to how the last
 * one ended.
 *
 * @param say where it says what it does
 */
export function supervise(driver: Driver, settings: Supervision, say: (text: string) => void): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>()
  let state = firstSuperviseState(nowMs())
  let child: ChildProcess | undefined
  let waiting: NodeJS.Timeout | undefined
  const happen = (event: SuperviseEvent): void => {
    const [next, commands] = superviseStep(state, event, settings)
    state = next
    for (const command of commands) obey(command)
  }
  const ended = (ending: Ending): void => happen({ type: 'ended', ending, nowMs: nowMs(), chance: Math.random() })
  const start = (onError: (error: Error) => void): void => {
    try {
      child = started(driver, ended, onError)
    } catch (error) {
      // Some errors of the system, such as too little memory, are thrown.
      onError(error as Error)
    }
  }
  const notAgain = (error: Error): void => {
    say(`The driver could not be started: ${error.message}`)
    ended({ code: notStarted, signal: null })
  }
  const obey = (command: SuperviseCommand): void => {
    switch (command.type) {
      case 'start':
        return start(notAgain)
      case 'wait':
        waiting = setTimeout(() => happen({ type: 'due', nowMs: nowMs() }), command.ms)
        return
      case 'tell':
        return void child?.kill(command.signal)
      case 'say':
        return say(command.text)
      case 'end':
        return resolve(command.ending)
    }
  }
  const listen = (signal: NodeJS.Signals): void => happen({ type: 'signal', signal, nowMs: nowMs() })
  for (const signal of signals) process.on(signal, listen)
  start(reject)
  return promise.finally(() => {
    clearTimeout(waiting)
    for (const signal of signals) process.removeListener(signal, listen)
  })
}

/** The process of a driver; either it ends, or there was none, and `onError` says why. */
function started(driver: Driver, onEnd: (ending: Ending) => void, onError: (error: Error) => void): ChildProcess {
  const args = [...process.execArgv, driver.program, ...driver.args]
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: driver.env })
  // A signal that could not be sent is an error, too, of a process that runs.
  child.on('error', error => child.pid === undefined && onError(error))
  return child.on('exit', (code, signal) => onEnd({ code, signal }))
}

/** Of a clock that nobody sets. */
const nowMs = (): number => Math.round(performance.now())
