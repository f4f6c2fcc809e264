/**
 * A Roadloop site elsewhere that dials out (代理站点): {@code AgentSite} is the platform's side, {@code
 * Agent} the process at the site. The agent has no listening port; it asks the platform over HTTP
 * for calls, answers them, fetches contents by SHA-256 in ranges, and brings streams, folders and
 * ends.
 *
 * <pre>
 * POST /api/v1/agents/SITE/sessions                    register; the newest wins
 * POST /api/v1/agents/SITE/calls                       long poll: offer, stage, submit, find, cancel, forget
 * POST /api/v1/agents/SITE/calls/ID                    the answer to one
 * GET  /api/v1/agents/SITE/contents/SHA256             Range: bytes=A-B
 * PUT  /api/v1/agents/SITE/runs/KEY/streams/N.stdout   ?offset= : what was written since
 * PUT  /api/v1/agents/SITE/runs/KEY/contents/SHA256    ?offset= : of a list that was sent before
 * PUT  /api/v1/agents/SITE/runs/KEY/checkpoint         list of the folder; answers what is missing
 * PUT  /api/v1/agents/SITE/runs/KEY/end                likewise, of all writable folders, and the outcomes
 * </pre>
 *
 * On the disk of the platform, version 1:
 *
 * <pre>
 * HOME/agent.json          what was registered last
 * HOME/cache/SHA256        what was staged, for the search of identities
 * HOME/runs/KEY.json       a run: hosts of its mounts, what was sent, its end
 * HOME/incoming/KEY/       contents on their way back
 * </pre>
 *
 * and on that of the agent:
 *
 * <pre>
 * HOME/cache/SHA256        what was staged; SHA256.part while it arrives
 * HOME/runs/KEY/run.json   the run as it was taken, durable before it is answered
 * HOME/runs/KEY/started    it was given to the sandbox: never again
 * HOME/runs/KEY/end.json   how it ended; waits until the platform has taken it
 * HOME/runs/KEY/mount/N, log/N.stdout
 * HOME/done/KEY            the platform has taken the end, or wants none
 * </pre>
 */
@NullMarked
package org.roadloop.compute.site.agent;

import org.jspecify.annotations.NullMarked;
