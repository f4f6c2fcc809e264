package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.roadloop.compute.site.SiteException;

/**
 * A controller reached by {@code sbatch}, {@code scontrol} and {@code scancel} on this machine
 * (命令行接口), for clusters without slurmrestd. Times are asked for in seconds since 1970, words are
 * read as {@code Key=value}. To run as others than itself the platform must be root there.
 */
final class SlurmCommands implements SlurmLink {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern WORD = Pattern.compile("(?:^|\\s)([A-Za-z][A-Za-z/:]*)=(\\S*)");

    /** What a command ended with. */
    private record Answer(int exitCode, String output, String error) {}

    private final Optional<Path> configuration;

    SlurmCommands(Optional<Path> configuration) {
        this.configuration = configuration;
    }

    @Override
    public Cluster probe() throws InterruptedException {
        Map<String, Cluster.Partition> partitions = new LinkedHashMap<>();
        for (Map<String, String> p : lines(ask("scontrol", "show", "partition", "--oneliner"))) {
            String name = p.getOrDefault("PartitionName", "");
            partitions.put(
                    name, new Cluster.Partition(name, minutes(p.getOrDefault("MaxTime", ""))));
        }
        Map<String, Cluster.Node> nodes = new LinkedHashMap<>();
        for (Map<String, String> n : lines(ask("scontrol", "show", "node", "--oneliner"))) {
            String name = n.getOrDefault("NodeName", "");
            String state = n.getOrDefault("State", "DOWN");
            boolean usable = !state.matches(".*(DOWN|DRAIN|FAIL|UNKNOWN|FUTURE|RESPOND|\\*).*");
            nodes.put(
                    name,
                    new Cluster.Node(
                            name,
                            new TreeSet<>(List.of(n.getOrDefault("Partitions", "").split(","))),
                            Integer.parseInt(n.getOrDefault("CPUTot", "1")),
                            Long.parseLong(n.getOrDefault("RealMemory", "1")),
                            Cluster.gres(n.getOrDefault("Gres", "")),
                            n.getOrDefault("Arch", ""),
                            usable,
                            usable && state.startsWith("IDLE")));
        }
        Map<String, Set<String>> leaves = new LinkedHashMap<>();
        Answer topology = run(List.of("scontrol", "show", "topology"), "");
        if (topology.exitCode() == 0) {
            for (Map<String, String> s : lines(topology.output())) {
                if (s.getOrDefault("Level", "").equals("0")) {
                    leaves.put(
                            s.getOrDefault("SwitchName", ""),
                            Cluster.hosts(s.getOrDefault("Nodes", "")));
                }
            }
        }
        String version = ask("scontrol", "--version").strip().replaceFirst("^[a-z-]+ ", "");
        return new Cluster(version, partitions, nodes, leaves, true);
    }

    @Override
    public long submit(JobRequest request) throws InterruptedException {
        int nodes = request.gang().nodes();
        List<String> words = new ArrayList<>(List.of("sbatch", "--parsable", "--no-requeue"));
        words.add("--export=NONE");
        words.add("--job-name=" + request.name());
        words.add("--comment=" + request.comment());
        words.add("--partition=" + request.partition());
        words.add("--nodes=" + nodes);
        words.add("--ntasks=" + nodes);
        if (nodes > 1) {
            words.add("--ntasks-per-node=1");
        }
        words.add("--cpus-per-task=" + request.cpusPerNode());
        words.add("--mem=" + request.megabytesPerNode() + "M");
        words.add("--time=" + request.timeLimitMinutes());
        words.add("--chdir=" + request.folder());
        words.add("--output=/dev/null");
        if (!request.account().isEmpty()) {
            words.add("--account=" + request.account());
        }
        if (!request.gres().isEmpty()) {
            words.add("--gres=" + request.gres());
        }
        if (request.switches() > 0) {
            words.add("--switches=" + request.switches() + "@" + JobRequest.SWITCH_WAIT_MINUTES);
        }
        if (!request.user().equals(System.getProperty("user.name"))) {
            words.add("--uid=" + request.user());
        }
        Answer answer = run(words, request.script());
        Matcher id = Pattern.compile("^([0-9]+)(;.*)?$").matcher(answer.output().strip());
        if (answer.exitCode() != 0 || !id.matches()) {
            throw failure("sbatch", answer);
        }
        return Long.parseLong(id.group(1));
    }

    @Override
    public List<JobStatus> named(String name, String user) throws InterruptedException {
        List<JobStatus> found = new ArrayList<>();
        for (String line :
                ask("squeue", "--noheader", "--states=all", "--name=" + name, "--format=%i")
                        .split("\n")) {
            if (line.strip().matches("[0-9]+")) {
                find(Long.parseLong(line.strip()), user).ifPresent(found::add);
            }
        }
        found.sort(Comparator.comparingLong(JobStatus::id));
        return found;
    }

    @Override
    public Optional<JobStatus> find(long job, String user) throws InterruptedException {
        Answer answer =
                run(List.of("scontrol", "show", "job", Long.toString(job), "--oneliner"), "");
        if (answer.exitCode() != 0) {
            if (answer.error().contains("Invalid job id")) {
                return Optional.empty();
            }
            throw failure("scontrol", answer);
        }
        return lines(answer.output()).stream().map(SlurmCommands::status).findFirst();
    }

    @Override
    public void cancel(long job, String user) throws InterruptedException {
        Answer answer = run(List.of("scancel", Long.toString(job)), "");
        if (answer.exitCode() != 0 && !answer.error().contains("Invalid job id")) {
            throw failure("scancel", answer);
        }
    }

    private static JobStatus status(Map<String, String> job) {
        return new JobStatus(
                Long.parseLong(job.getOrDefault("JobId", "0")),
                job.getOrDefault("JobName", ""),
                JobState.of(List.of(job.getOrDefault("JobState", ""))),
                job.getOrDefault("Reason", "None"),
                instant(job.getOrDefault("StartTime", "")),
                instant(job.getOrDefault("EndTime", "")),
                whole(job.getOrDefault("NumNodes", "1")),
                whole(job.getOrDefault("NumCPUs", "1")),
                whole(job.getOrDefault("Restarts", "0")));
    }

    private static int whole(String text) {
        Matcher digits = Pattern.compile("^[0-9]{1,9}").matcher(text);
        return digits.find() ? Integer.parseInt(digits.group()) : 1;
    }

    private static Optional<Instant> instant(String seconds) {
        return seconds.matches("[0-9]{1,12}")
                ? Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)))
                : Optional.empty();
    }

    /** {@code 1-00:00:00}, {@code 01:00:00} or {@code UNLIMITED}. */
    static long minutes(String limit) {
        Matcher time = Pattern.compile("(?:([0-9]+)-)?([0-9]+):([0-9]+):([0-9]+)").matcher(limit);
        if (!time.matches()) {
            return 0;
        }
        long days = time.group(1) == null ? 0 : Long.parseLong(time.group(1));
        return (days * 24 + Long.parseLong(time.group(2))) * 60 + Long.parseLong(time.group(3));
    }

    /** One map of words a line; the first of a word that comes twice counts. */
    private static List<Map<String, String>> lines(String output) {
        List<Map<String, String>> lines = new ArrayList<>();
        for (String line : output.split("\n")) {
            Map<String, String> words = new LinkedHashMap<>();
            Matcher word = WORD.matcher(line);
            while (word.find()) {
                words.putIfAbsent(word.group(1), word.group(2));
            }
            if (!words.isEmpty()) {
                lines.add(words);
            }
        }
        return lines;
    }

    private String ask(String... words) throws InterruptedException {
        Answer answer = run(List.of(words), "");
        if (answer.exitCode() != 0) {
            throw failure(words[0], answer);
        }
        return answer.output();
    }

    /** What the controller itself refuses stands beside what only says that nobody is there. */
    private static SiteException failure(String program, Answer answer) {
        String said = answer.error().strip();
        String message =
                "%s ended with %d: %s"
                        .formatted(
                                program,
                                answer.exitCode(),
                                said.substring(0, Math.min(300, said.length())));
        boolean nobody =
                said.isEmpty()
                        || said.matches(
                                "(?s).*(ontact slurm controller|onnection|ommunication|imed out|munge"
                                        + "|not responding|Socket).*");
        return nobody ? SiteException.unreachable(message) : SiteException.refused(message);
    }

    private Answer run(List<String> words, String input) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(k -> k.matches("(SLURM|SBATCH|SQUEUE)_.*"));
        builder.environment().put("SLURM_TIME_FORMAT", "%s");
        builder.environment().put("LC_ALL", "C");
        configuration.ifPresent(c -> builder.environment().put("SLURM_CONF", c.toString()));
        try {
            Process process = builder.start();
            StringBuilder error = new StringBuilder();
            Thread errors =
                    Thread.ofVirtual().start(() -> error.append(text(process.getErrorStream())));
            Thread inputs =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (OutputStream out = process.getOutputStream()) {
                                            out.write(input.getBytes(StandardCharsets.UTF_8));
                                        } catch (IOException e) {
                                            // it ended without reading: its exit code says why
                                        }
                                    });
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                                        process.destroyForcibly();
                                    }
                                } catch (InterruptedException e) {
                                    process.destroyForcibly();
                                }
                            });
            String output = text(process.getInputStream());
            int exitCode = process.waitFor();
            errors.join();
            inputs.join();
            return new Answer(exitCode, output, error.toString());
        } catch (IOException e) {
            throw SiteException.unreachable(
                    "'%s' does not start: %s; Slurm's commands must be on the path (Debian: apt-get"
                                    .formatted(words.getFirst(), e.getMessage())
                            + " install slurm-client)");
        }
    }

    private static String text(java.io.InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
