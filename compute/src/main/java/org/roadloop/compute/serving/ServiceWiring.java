package org.roadloop.compute.serving;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.task.OwnStorages;
import org.roadloop.compute.task.TaskService;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.network.admission.Admission;

/**
 * What services need, wired once.
 *
 * @param admission of the flows of edge services
 * @param sandbox for health checks that are commands
 * @param tasks that train models
 * @param home folder of the services' files
 * @param did of the platform, whose own services need no agreement
 * @param pace of looking after each service, and of what is metered
 */
public record ServiceWiring(
        Broker broker,
        Calendar calendar,
        Admission admission,
        UsageGate gate,
        Sandbox sandbox,
        Images images,
        OwnStorages own,
        TaskService tasks,
        TrainingTable tables,
        Path home,
        String did,
        Clock clock,
        Pace pace) {
    /**
     * @param tick between two looks
     * @param metering of a process that runs on
     * @param firstPause before a dead process is started again; doubled each time
     * @param longestPause of these
     * @param steady who ran so long has made good for what died before
     */
    public record Pace(
            Duration tick,
            Duration metering,
            Duration firstPause,
            Duration longestPause,
            Duration steady) {
        public static final Pace USUAL =
                new Pace(
                        Duration.ofMillis(200),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(10));
    }
}
