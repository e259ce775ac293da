import { readFileSync } from 'node:fs';

/** The most bytes that this process has had resident. Linux says it of the process alone (VmHWM); what getrusage says may come
 * from the process that started it. */
export function peakBytes(): number {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // No /proc: another system than Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
