import { createInterface } from 'node:readline'
import { type Readable } from 'node:stream'

const colours = [36, 33, 35, 32, 34, 96, 93]
const nameWidth = 9
const seen: string[] = []

/** Prints a line of ours: what happens, and how many seconds after the start. */
export function say(text: string): void {
  print('wag', `${text} (${(performance.now() / 1_000).toFixed(1)} s)`)
}

/** Prints a line under the name of the process that it is from or about; coloured only where somebody looks. */
export function print(name: string, line: string): void {
  process.stdout.write(`${label(name)} ${line}\n`)
}

/** Prints every line of the streams under one name. */
export function printLines(name: string, streams: (Readable | null)[]): void {
  for (const input of streams) {
    if (input !== null) createInterface({ input }).on('line', (line) => print(name, line))
  }
}

function label(name: string): string {
  const text = `${name.padEnd(nameWidth)} |`
  if (!process.stdout.isTTY || process.env.NO_COLOR) return text
  if (!seen.includes(name)) seen.push(name)
  return `\u001b[${colours[seen.indexOf(name) % colours.length]}m${text}\u001b[0m`
}
