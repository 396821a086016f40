/**
 * What Lambda itself writes to the log of a function, around each invocation.
 *
 * @typedef {object} Report
 * @property {string} requestId
 * @property {number} durationMs
 * @property {number | undefined} initMs how long loading took, in the first invocation of a process
 * @property {string} memoryMb how much memory the function has
 * @property {number | undefined} usedMb the most that its process has used; undefined for one that is gone
 * @property {'success' | 'error' | 'timeout'} status
 * @property {string | undefined} errorType
 * @property {boolean} hasCrashed whether the process ended by it
 */

/**
 * The line that begins an invocation.
 *
 * @param {boolean} isJson
 * @param {string} requestId
 * @param {string} functionArn
 * @param {number} at milliseconds since 1970
 */
export function startLine(isJson, requestId, functionArn, at) {
  const version = '$LATEST';
  if (!isJson) return `START RequestId: ${requestId} Version: ${version}`;
  return recordLine('platform.start', at, { requestId, functionArn, version });
}

/**
 * The lines that end an invocation.
 *
 * @param {boolean} isJson
 * @param {Report} report
 * @param {number} at milliseconds since 1970
 */
export function reportLines(isJson, report, at) {
  const { requestId, durationMs, initMs, memoryMb, usedMb, status, errorType, hasCrashed } = report;
  // Loading is billed, too, since August 2025.
  const billedMs = Math.ceil(durationMs + (initMs ?? 0));
  if (isJson) {
    const metrics = {
      durationMs: Number(durationMs.toFixed(3)),
      billedDurationMs: billedMs,
      memorySizeMB: Number(memoryMb),
      ...(usedMb !== undefined && { maxMemoryUsedMB: usedMb }),
      ...(initMs !== undefined && { initDurationMs: Number(initMs.toFixed(3)) }),
    };
    return [
      recordLine('platform.report', at, { requestId, metrics, status, ...(errorType && { errorType }) }),
    ];
  }
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs} ms`,
    `Memory Size: ${memoryMb} MB`,
    ...(usedMb === undefined ? [] : [`Max Memory Used: ${usedMb} MB`]),
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...(status === 'timeout' ? ['Status: timeout'] : []),
    ...(status === 'error' && hasCrashed ? ['Status: error', `Error Type: ${errorType}`] : []),
  ];
  return [`END RequestId: ${requestId}`, `${parts.join('\t')}\t`];
}

/**
 * The line about loading a handler that has failed.
 *
 * @param {boolean} isJson
 * @param {{ durationMs: number, status: 'error' | 'timeout', errorType: string | undefined }} failed
 * @param {number} at milliseconds since 1970
 */
export function initReportLine(isJson, { durationMs, status, errorType }, at) {
  const phase = 'init';
  if (isJson) {
    return recordLine('platform.initReport', at, {
      initializationType: 'on-demand',
      phase,
      status,
      ...(errorType && { errorType }),
      metrics: { durationMs: Number(durationMs.toFixed(3)) },
    });
  }
  const parts = [
    `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms`,
    `Phase: ${phase}`,
    `Status: ${status}`,
  ];
  return [...parts, ...(errorType ? [`Error Type: ${errorType}`] : []), ''].join('\t');
}

/**
 * @param {string} type
 * @param {number} at
 * @param {object} record
 */
const recordLine = (type, at, record) => JSON.stringify({ time: new Date(at).toISOString(), type, record });
