package org.roadloop.compute.task;

import java.nio.file.Path;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.site.Images;

/**
 * What runs of tasks need, wired once.
 *
 * @param release what may leave of tasks under a contract
 * @param own files of the owner's own tasks
 * @param home folder of the tasks' results
 * @param did of the platform, whose own tasks need no agreement
 * @param resultUrl prefix of the URL of a released output: {@code prefix/TASK/outputs/NAME}
 */
public record TaskWiring(
        Broker broker,
        InputResolver inputs,
        OutputRelease release,
        OutputRelease.Forbidden forbidden,
        Images images,
        OwnStorages own,
        Path home,
        String did,
        String resultUrl) {}
