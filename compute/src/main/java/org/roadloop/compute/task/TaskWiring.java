package org.roadloop.compute.task;

import java.nio.file.Path;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.site.ToolImage;

/**
 * What runs of tasks need, wired once.
 *
 * @param home folder of the tasks' results
 * @param resultUrl prefix of the URL of a released output: {@code prefix/TASK/outputs/NAME}
 */
public record TaskWiring(
        Broker broker,
        InputResolver inputs,
        OutputRelease release,
        OutputRelease.Forbidden forbidden,
        ToolImage image,
        Path home,
        String resultUrl) {}
