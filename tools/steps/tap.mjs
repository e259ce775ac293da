/** Reads the TAP that one tape file prints: counts, the failing assertions with their details, skips with reasons. */
export function readTap(output) {
  const result = { passed: 0, failed: 0, skipped: [], failures: [], planned: false };
  let title = '';
  let failure = null;
  for (const line of output.split('\n')) {
    const point = /^(not )?ok\b\s*\d*\s*(.*)$/.exec(line);
    if (point !== null) {
      failure = null;
      const skip = /^(.*?)\s*# (?:SKIP|skip)\b\s*(.*)$/.exec(point[2]);
      if (skip !== null) result.skipped.push(skip[2] || skip[1] || title);
      else if (/# TODO\b/i.test(point[2])) result.skipped.push(`to do: ${point[2]}`);
      else if (point[1] === undefined) result.passed += 1;
      else {
        result.failed += 1;
        failure = { title, lines: [line] };
        result.failures.push(failure);
      }
    } else if (/^# SKIP /.test(line)) result.skipped.push(line.slice(7));
    else if (line.startsWith('# ')) title = line.slice(2);
    else if (/^1\.\.\d+/.test(line)) result.planned = true;
    else if (failure !== null && line.startsWith('  ')) failure.lines.push(line);
  }
  return result;
}
