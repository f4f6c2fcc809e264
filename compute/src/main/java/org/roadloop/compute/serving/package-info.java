/**
 * Tasks that do not end: services with versions, health, roll-back and an endpoint (服务).
 *
 * <p>Events, subject = {@code service:NAME}:
 *
 * <pre>
 * service.applied      payload {actor, agreement, purpose, by, version, spec, trainedThrough}
 * service.started      {version, key, site, hold, flow, boundNanos}
 * service.switched     {version, from, key}: the version has the traffic
 * service.rolled-back  {version, to, traffic, reason, by}: it is rejected; traffic: the other has it
 * service.died         {version, key, cause, reason, attempts}
 * service.failed       {version, reason}: nothing serves until somebody applies or rolls back
 * service.metered      {version, key, from, until, slotSeconds, calls}
 * service.training     {task, snapshot, rows, newest}; the snapshot as text
 * service.trained      {task, state, reason}
 * service.ended        {reason, by}
 * </pre>
 */
@NullMarked
package org.roadloop.compute.serving;

import org.jspecify.annotations.NullMarked;
