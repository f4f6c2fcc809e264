package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.roadloop.compute.site.SandboxTest;
import org.roadloop.compute.site.Tool;
import org.roadloop.compute.site.ToolImage;

/**
 * A real Slurm of Debian's packages in a folder of its own (测试集群): controller, REST service, and
 * four nodes that are this machine under four names.
 *
 * <pre>
 * ai1, ai2      8 cores, 8 npu   leaf1   partitions ai, urgent (takes from ai)
 * hpc1, hpc2   16 cores          leaf2   partition hpc
 * all four                       spine   partition all
 * </pre>
 */
final class SlurmCluster implements AutoCloseable {
    private static final List<String> PROGRAMS =
            List.of("munged", "slurmctld", "slurmd", "slurmrestd", "sbatch", "scontrol");
    private static final List<String> NODES = List.of("ai1", "ai2", "hpc1", "hpc2");

    final Path folder;
    final boolean limitsMemory;
    private final int controllerPort;
    private final int restPort;
    private final Map<String, Process> daemons = new LinkedHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    /** Why no cluster can be started here. */
    static Optional<String> missing() {
        if (!System.getProperty("user.name").equals("root")) {
            return Optional.of("Slurm's daemons are started as root only");
        }
        for (String program : PROGRAMS) {
            if (program(program).isEmpty()) {
                return Optional.of(
                        program + " is missing; './roadloop setup slurm' installs Slurm");
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> program(String name) {
        return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(f -> Path.of(f, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    SlurmCluster() throws Exception {
        folder = Files.createTempDirectory("roadloop-slurm");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        limitsMemory =
                Files.isWritable(Path.of("/sys/fs/cgroup/memory/cgroup.procs"))
                        && Files.isWritable(Path.of("/sys/fs/cgroup/freezer/cgroup.procs"));
        List<Integer> ports = freePorts(6);
        controllerPort = ports.get(0);
        restPort = ports.get(1);
        configure(ports.subList(2, 6));
        start(
                "munged",
                "--foreground",
                "--force",
                "--key-file=" + folder.resolve("munge.key"),
                "--socket=" + folder.resolve("munge.sock"),
                "--pid-file=" + folder.resolve("munged.pid"),
                "--log-file=" + folder.resolve("munged.log"),
                "--seed-file=" + folder.resolve("munge.seed"));
        until("munged", () -> Files.exists(folder.resolve("munge.sock")));
        startController();
        for (String node : NODES) {
            start("slurmd", "-D", "-f", configuration().toString(), "-N", node);
        }
        start(
                "slurmrestd",
                "-u",
                "nobody",
                "-g",
                "nogroup",
                "-a",
                "rest_auth/jwt",
                "-s",
                "openapi/v0.0.38",
                "127.0.0.1:" + restPort);
        until("slurmrestd", this::restAnswers);
        untilNodesIdle();
    }

    /** The image as the nodes see it: the test's tool, readable by every user. */
    ToolImage image() throws IOException {
        Path classes = folder.resolve("image");
        Path place = classes.resolve(Tool.class.getName().replace('.', '/') + ".class");
        Files.createDirectories(place.getParent());
        try (var in = Tool.class.getResourceAsStream("Tool.class")) {
            Files.write(place, in.readAllBytes());
        }
        return new ToolImage(
                SandboxTest.IMAGE.javaHome(),
                List.of(classes),
                SandboxTest.IMAGE.jvmArgs(),
                Tool.class.getName());
    }

    Path configuration() {
        return folder.resolve("slurm.conf");
    }

    URI rest() {
        return URI.create("http://127.0.0.1:" + restPort);
    }

    /** Made by the controller once, and good for as long as the cluster lives. */
    String token(String user) throws IOException {
        String known = tokens.get(user);
        if (known != null) {
            return known;
        }
        try {
            String made =
                    command("scontrol", "token", "username=" + user, "lifespan=7200")
                            .strip()
                            .replaceFirst("^SLURM_JWT=", "");
            tokens.put(user, made);
            return made;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    void startController() throws Exception {
        start("slurmctld", "-D", "-f", configuration().toString());
        until("slurmctld", () -> command("scontrol", "ping").contains("UP"));
    }

    /** The controller is gone from one moment to the next. */
    void killController() throws Exception {
        Process controller = daemons.remove("slurmctld");
        controller.destroyForcibly().waitFor();
    }

    /** What the controller knows of jobs now is on its disk. */
    void untilJobsSaved() throws Exception {
        Path saved = folder.resolve("state/job_state");
        Instant now = Instant.now();
        until(
                "saved jobs",
                () ->
                        Files.exists(saved)
                                && Files.getLastModifiedTime(saved).toInstant().isAfter(now));
    }

    /** The controller comes back without any memory of jobs, and counts them from 1 again. */
    void startForgetfulController() throws Exception {
        for (String state : List.of("job_state", "job_state.old")) {
            Files.deleteIfExists(folder.resolve("state").resolve(state));
        }
        startController();
    }

    void untilNodesIdle() throws Exception {
        until(
                "nodes",
                () -> {
                    String states = command("sinfo", "--noheader", "-N", "-o", "%N %t");
                    return states.lines().count() >= 4
                            && states.lines().allMatch(l -> l.endsWith(" idle"));
                });
    }

    /** Runs a program of Slurm against this cluster; its output. */
    String command(String... words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        environment(builder);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(30, TimeUnit.SECONDS);
        return output;
    }

    private void environment(ProcessBuilder builder) {
        builder.environment().keySet().removeIf(k -> k.startsWith("SLURM"));
        builder.environment().put("SLURM_CONF", configuration().toString());
        builder.environment().put("SLURM_JWT", "daemon");
        if (!builder.command().getFirst().endsWith("slurmrestd")) {
            builder.environment().remove("SLURM_JWT");
        }
    }

    private void start(String name, String... arguments) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(program(name).orElseThrow().toString());
        words.addAll(List.of(arguments));
        String id = name.equals("slurmd") ? name + "-" + arguments[arguments.length - 1] : name;
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        folder.resolve("log/" + id + ".out").toFile()));
        environment(builder);
        daemons.put(id, builder.start());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void until(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        what + " did not come up; " + command("sinfo") + logTail());
            }
            Thread.sleep(100);
        }
    }

    private String logTail() throws IOException {
        StringBuilder tails = new StringBuilder();
        try (Stream<Path> logs = Files.list(folder.resolve("log"))) {
            for (Path log : logs.sorted().toList()) {
                List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
                tails.append('\n').append(log.getFileName()).append(": ");
                lines.subList(Math.max(0, lines.size() - 5), lines.size())
                        .forEach(l -> tails.append("\n  ").append(l));
            }
        }
        return tails.toString();
    }

    private boolean restAnswers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) rest().resolve("/openapi/v3").toURL().openConnection();
            connection.setRequestProperty("X-SLURM-USER-NAME", "root");
            connection.setRequestProperty("X-SLURM-USER-TOKEN", token("root"));
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Integer> freePorts(int n) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            sockets.add(new ServerSocket(0));
            ports.add(sockets.getLast().getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private void secret(String name, int bytes) throws IOException {
        byte[] secret = new byte[bytes];
        new SecureRandom().nextBytes(secret);
        Path file = Files.write(folder.resolve(name), secret);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private void configure(List<Integer> ports) throws Exception {
        for (String sub :
                List.of("state", "log", "spool/ai1", "spool/ai2", "spool/hpc1", "spool/hpc2")) {
            Files.createDirectories(folder.resolve(sub));
        }
        secret("munge.key", 1024);
        secret("jwt.key", 32);
        Process hostname = new ProcessBuilder("hostname").start();
        String host =
                new String(hostname.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .strip();
        StringBuilder nodes = new StringBuilder();
        for (int n = 0; n < NODES.size(); n++) {
            String name = NODES.get(n);
            nodes.append(
                    "NodeName=%s NodeHostname=%s NodeAddr=127.0.0.1 Port=%d %s%n"
                            .formatted(
                                    name,
                                    host,
                                    ports.get(n),
                                    name.startsWith("ai")
                                            ? "CPUs=8 RealMemory=4000 Gres=npu:8 Feature=ascend"
                                            : "CPUs=16 RealMemory=4000 Feature=cpu"));
        }
        Files.writeString(
                configuration(),
                """
                ClusterName=test
                SlurmctldHost=%1$s(127.0.0.1)
                SlurmctldPort=%2$d
                AuthType=auth/munge
                AuthInfo=socket=%3$s/munge.sock
                AuthAltTypes=auth/jwt
                AuthAltParameters=jwt_key=%3$s/jwt.key
                SlurmUser=root
                SlurmdUser=root
                StateSaveLocation=%3$s/state
                SlurmdSpoolDir=%3$s/spool/%%n
                SlurmctldPidFile=%3$s/ctld.pid
                SlurmdPidFile=%3$s/slurmd-%%n.pid
                SlurmctldLogFile=%3$s/log/ctld.log
                SlurmdLogFile=%3$s/log/slurmd-%%n.log
                ProctrackType=%4$s
                TaskPlugin=%5$s
                JobAcctGatherType=jobacct_gather/none
                AccountingStorageType=accounting_storage/none
                MpiDefault=none
                ReturnToService=2
                SelectType=select/cons_tres
                SelectTypeParameters=CR_Core_Memory
                TopologyPlugin=topology/tree
                GresTypes=npu,gpu
                SlurmdParameters=config_overrides
                SchedulerParameters=max_switch_wait=1,sched_interval=5
                SlurmdTimeout=30
                PreemptType=preempt/partition_prio
                PreemptMode=CANCEL
                MinJobAge=10
                KillWait=2
                %6$s
                PartitionName=ai Nodes=ai[1-2] MaxTime=1:00:00 PriorityTier=1 State=UP
                PartitionName=urgent Nodes=ai[1-2] MaxTime=1:00:00 PriorityTier=9 State=UP
                PartitionName=hpc Nodes=hpc[1-2] Default=YES MaxTime=1:00:00 State=UP
                PartitionName=all Nodes=ai[1-2],hpc[1-2] MaxTime=1:00:00 State=UP
                """
                        .formatted(
                                host,
                                controllerPort,
                                folder,
                                limitsMemory ? "proctrack/cgroup" : "proctrack/linuxproc",
                                limitsMemory ? "task/cgroup" : "task/none",
                                nodes));
        Files.writeString(
                folder.resolve("gres.conf"), "NodeName=ai[1-2] Name=npu Count=8 Flags=CountOnly\n");
        Files.writeString(
                folder.resolve("topology.conf"),
                """
                SwitchName=leaf1 Nodes=ai[1-2]
                SwitchName=leaf2 Nodes=hpc[1-2]
                SwitchName=spine Switches=leaf[1-2]
                """);
        Files.writeString(
                folder.resolve("cgroup.conf"),
                """
                CgroupPlugin=cgroup/v1
                ConstrainRAMSpace=yes
                ConstrainDevices=no
                """);
    }

    @Override
    public void close() throws Exception {
        if (daemons.containsKey("slurmctld")) {
            command("scancel", "--user=root", "--full");
        }
        List<Process> all = new ArrayList<>(daemons.values());
        for (Process daemon : all.reversed()) {
            daemon.destroy();
        }
        for (Process daemon : all.reversed()) {
            if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
                daemon.destroyForcibly().waitFor();
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
