/**
 * Tasks in the words of GA4GH TES 1.1 (任务), from the request to released outputs.
 *
 * <p>Events, subject = task id:
 *
 * <pre>
 * task.created    {task: TES request, actor, agreement, purpose}
 * task.placed     {placement: reasons and quotes of every site, hold id}
 * task.started    {site, key, sandbox, notEnforced: [..]}
 * task.finished   {state, reason?, logs: TES TaskLog, computeMillis, released: [..], withheld: [..]}
 * </pre>
 */
@NullMarked
package org.roadloop.compute.task;

import org.jspecify.annotations.NullMarked;
