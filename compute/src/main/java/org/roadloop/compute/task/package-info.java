/**
 * Tasks in the words of GA4GH TES 1.1 (任务), from the request to released outputs.
 *
 * <p>Events, subject = task id:
 *
 * <pre>
 * task.created    payload {task: TES request, actor, agreement, purpose}, and with it in one append
 * task.queued     {actor, agreement, purpose}; an empty agreement is the owner's own task
 * task.placed     {site, hold, at, method, quotes: [..], reasons: [..]}
 * task.started    {site, key, at, sandbox, notEnforced: [..], staging: [..]}
 * task.retried    {cause, reason, attempts, causes, key}: it begins again under that key
 * task.canceling  {}
 * task.finished   {state, start, end, computeSeconds, meter, outputs: [..], withheld: [..],
 *                  executors: [..], systemLogs: [..]}
 * </pre>
 */
@NullMarked
package org.roadloop.compute.task;

import org.jspecify.annotations.NullMarked;
