import { createServer } from 'node:http'

// Stands in for Meta in a process of its own, and knows when each POST arrived. What holds up this process, and not the
// senders, it measures too: the longest time in which it noticed nothing.
const arrivals: number[] = []
let heardAt = performance.now()
let stallMs = 0
setInterval(() => {
  const now = performance.now()
  if (arrivals.length > 0) stallMs = Math.max(stallMs, now - heardAt)
  heardAt = now
}, 1)

const server = createServer((request, response) => {
  arrivals.push(performance.now())
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' })
    setTimeout(() => response.end(`{"messages":[{"id":"wamid.${arrivals.length}"}]}`), 100)
  })
}).listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : 0)
})
process.on('message', () => process.send?.({ arrivals, stallMs }))
