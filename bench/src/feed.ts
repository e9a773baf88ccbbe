import { createServer } from 'node:net'

/** The line that the feeder sends: 99 characters and a newline. */
export const fedLine = `${'x'.repeat(89)} 123456789`

/** Serves every client that line as fast as it takes it, on a port of 127.0.0.1 (0: any free one, told to the parent process). */
function feed(port: number): void {
  const chunk = Buffer.from(`${fedLine}\n`.repeat(655))
  const server = createServer(socket => {
    const push = () => {
      while (socket.writable) if (!socket.write(chunk)) return void socket.once('drain', push)
    }
    socket.on('error', () => socket.destroy())
    push()
  })
  server.listen(port, '127.0.0.1', () => {
    const address = server.address()
    process.send?.({ port: typeof address === 'object' ? address?.port : port })
  })
  process.once('disconnect', () => process.exit())
}

if (process.argv[2] === 'serve') feed(Number(process.argv[3] ?? 0))
