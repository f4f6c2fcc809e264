/**
 * Tasks in the words of GA4GH TES 1.1 (任务), from the request to released outputs.
 *
 * <p>Events, subject = task id:
 *
 * <pre>
 * task.created    {task: TES request, actor, agreement, purpose}
 * task.placed     {site, hold, at, method, quotes: [..], reasons: [..]}
 * task.started    {site, key, at, sandbox, notEnforced: [..], staging: [..]}
 * task.finished   {state, start, end, computeSeconds, meter, outputs: [..], withheld: [..],
 *                  executors: [..], systemLogs: [..]}
 * </pre>
 */
@NullMarked
package org.roadloop.compute.task;

import org.jspecify.annotations.NullMarked;
