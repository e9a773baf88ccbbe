import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { postgresPrograms, serverUser } from './install.ts'

/** Longer than any of its programs takes to begin or to end. */
const patienceMs = 120_000

/** A PostgreSQL of its own, on loopback, with an empty database. */
export class PostgresServer {
  readonly port: number
  readonly #directory: string
  #process: ChildProcess | undefined

  private constructor(port: number, directory: string) {
    this.port = port
    this.#directory = directory
  }

  static async start(): Promise<PostgresServer> {
    const directory = mkdtempSync(join(serverUser !== undefined ? '/tmp' : tmpdir(), 'dstream-postgres-'))
    if (serverUser !== undefined) chownSync(directory, serverUser.uid, serverUser.gid)
    const settings = ['-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C', '--no-sync']
    execFileSync(join(postgresPrograms(), 'initdb'), ['-D', join(directory, 'data'), ...settings], {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: directory,
      timeout: patienceMs,
      ...serverUser,
    })
    const server = new PostgresServer(await freePort(), directory)
    await server.begin()
    return server
  }

  /** Where clients find it. */
  get address(): { readonly host: string; readonly port: number; readonly user: string; readonly database: string } {
    return { host: '127.0.0.1', port: this.port, user: 'postgres', database: 'postgres' }
  }

  /** Starts it again on what it has kept. */
  async begin(): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'shared_buffers=16MB',
      'max_connections=30',
    ]
    const options = [
      '-D',
      join(this.#directory, 'data'),
      '-p',
      String(this.port),
      ...settings.flatMap(one => ['-c', one]),
    ]
    const process = spawn(join(postgresPrograms(), 'postgres'), options, {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: this.#directory,
      ...serverUser,
    })
    this.#process = process
    const said: string[] = []
    const late = setTimeout(() => process.kill('SIGQUIT'), patienceMs)
    const ready = new Promise<void>((resolve, reject) => {
      createInterface({ input: process.stderr! }).on('line', line => {
        said.push(line)
        if (line.includes('ready to accept connections')) resolve()
      })
      process.once('error', reject)
      process.once('exit', () => reject(new Error(`PostgreSQL has ended:\n${said.join('\n')}`)))
    })
    await ready.finally(() => clearTimeout(late))
  }

  /** Ends it as a crash would: nothing is tidied up, what was not committed is gone. */
  async crash(): Promise<void> {
    await this.#end('SIGQUIT')
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT')
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const process = this.#process
    if (process === undefined) return
    this.#process = undefined
    const ended = once(process, 'exit')
    process.kill(signal)
    const late = setTimeout(() => process.kill('SIGQUIT'), patienceMs)
    await ended
    clearTimeout(late)
  }
}

/** A port that the system has given, and that is free again. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
