package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * The run itself (本次运行): when, how long, on what, from which data.
 *
 * @param version of Roadloop
 * @param seed of the built-in town
 * @param totalSeconds wall time of the whole demo
 * @param stages in the order they ran
 * @param dataSources every source, also those that were not there
 * @param notes what a reader must know about this run
 */
public record Run(
        String version,
        long seed,
        Instant startedAt,
        double totalSeconds,
        List<Stage> stages,
        Machine machine,
        List<DataSource> dataSources,
        List<Text> notes) {
    public Run {
        requireNonNull(version, "version");
        requireNonNull(startedAt, "startedAt");
        requireNonNull(machine, "machine");
        Figure.requireFinite("totalSeconds", totalSeconds);
        stages = List.copyOf(stages);
        dataSources = List.copyOf(dataSources);
        notes = List.copyOf(notes);
    }

    /** Whether any recorded (not simulated) data took part. */
    public boolean recordingsPresent() {
        return dataSources.stream().anyMatch(s -> s.recorded() && s.present());
    }

    /** A stretch of the run with its wall time. */
    public record Stage(String name, Text label, double seconds) {
        public Stage {
            requireNonNull(name, "name");
            requireNonNull(label, "label");
            Figure.requireFinite("seconds of stage " + name, seconds);
        }
    }

    /**
     * The machine of the run (运行环境).
     *
     * @param description what an operator would call it: {@code Linux 6.1 amd64, JDK 25.0.1}
     * @param peakPssMebibytes highest sum of proportional set sizes over the process tree
     */
    public record Machine(String description, int cores, double peakPssMebibytes) {
        public Machine {
            requireNonNull(description, "description");
            Figure.requireFinite("peakPssMebibytes", peakPssMebibytes);
        }
    }

    /**
     * Where data came from (数据来源).
     *
     * @param name {@code built-in town}, {@code ev-twizy}
     * @param recorded real data, as against simulated
     * @param present whether it was found and used
     * @param items messages or rows taken from it
     * @param unit of {@code items}: {@code frames}, {@code rows}, {@code events}
     */
    public record DataSource(
            String name,
            Text description,
            boolean recorded,
            boolean present,
            long items,
            String unit) {
        public DataSource {
            requireNonNull(name, "name");
            requireNonNull(description, "description");
            requireNonNull(unit, "unit");
        }
    }
}
