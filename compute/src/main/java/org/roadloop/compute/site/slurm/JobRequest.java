package org.roadloop.compute.site.slurm;

import java.nio.file.Path;
import java.util.List;
import org.roadloop.compute.site.Site;

/**
 * What a job asks for (作业请求).
 *
 * @param name holds the key: a job is found again by it
 * @param comment for people at the cluster: key and agreement
 * @param account empty for the user's own
 * @param user in whose name it runs
 * @param megabytesPerNode of memory
 * @param gres {@code npu:4} on each node, empty for none
 * @param switches leaf switches the nodes may hang on, 0 for any
 * @param nodeList nodes to use and no others, empty for any
 * @param folder working directory, seen by the nodes
 */
record JobRequest(
        String name,
        String comment,
        String partition,
        String account,
        String user,
        Site.Gang gang,
        int cpusPerNode,
        long megabytesPerNode,
        String gres,
        int switches,
        List<String> nodeList,
        long timeLimitMinutes,
        Path folder,
        String script) {
    /** How long Slurm looks for nodes on few switches before it takes any, in minutes. */
    static final int SWITCH_WAIT_MINUTES = 60;

    JobRequest {
        nodeList = List.copyOf(nodeList);
    }
}
