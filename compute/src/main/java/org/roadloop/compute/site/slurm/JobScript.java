package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roadloop.compute.site.JavaCommand;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.RootImage;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.ToolImage;

/**
 * What the nodes run (作业脚本): a job that claims its key before anything else, so that of two jobs
 * with one key one runs, and one script for each executor.
 */
final class JobScript {
    private static final String FIRST_LINES =
            """
            #!/bin/bash
            # A run of a Roadloop platform. Made anew for each run; a change here changes nothing else.
            set -u
            export PATH=/usr/bin:/bin LC_ALL=C SLURM_EXPORT_ENV=ALL
            cd %s || exit 1
            umask 022
            now() { date +%%s%%3N; }
            """;

    private static final String CLAIM =
            """
            # An answer that was lost makes a second job with the same key: it ends here.
            if ! mkdir state/claim 2>/dev/null; then : > "state/duplicate.$SLURM_JOB_ID"; exit 0; fi
            echo "$SLURM_JOB_ID" > state/claim/job.part && mv state/claim/job.part state/claim/job
            done_() { now > state/done.part && mv state/done.part state/done; exit 0; }
            everywhere() { %s "$@"; }
            run() { # run N IGNORE_ERROR
                now > "state/$1.start"
                everywhere ./"executor-$1.sh" 2>> state/launch
                code=$?
                echo "$code $(now)" > "state/$1.end.part" && mv "state/$1.end.part" "state/$1.end"
                if ls "state/$1.not-started."* >/dev/null 2>&1; then done_; fi
                [ "$code" = 0 ] || [ "$2" = yes ] || done_
            }
            """;

    /** The address of a node is its switches from the top and its own name. */
    private static final String TIER_CHECK =
            """
            leaves=$(everywhere /bin/bash -c 'echo "${SLURM_TOPOLOGY_ADDR%%.*}"' | sort -u | wc -l)
            if [ "$leaves" -gt %d ]; then echo "$leaves" > state/outside-tier; done_; fi
            """;

    private static final String SANDBOX =
            """
            # the first process inside is the command itself: what it used is counted when it is waited for
            box=(--unshare-all --die-with-parent --new-session --clearenv --as-pid-1)
            %s
            system=(--ro-bind /usr /usr)
            for f in /bin /lib /lib64 /sbin; do
                if [ -L "$f" ]; then system+=(--symlink "$(readlink "$f")" "$f")
                elif [ -d "$f" ]; then system+=(--ro-bind "$f" "$f"); fi
            done
            trial() { bwrap "${box[@]}" "${system[@]}" --proc /proc --dev /dev "$@" -- /bin/true; }
            if trial --unshare-user --disable-userns 2>/dev/null; then
                box+=(--unshare-user --disable-userns)
            elif ! trial 2>> "$log.stderr"; then
                echo "bubblewrap is missing on $(hostname), or may not create namespaces there" \\
                    >> "$log.stderr"
                : > "state/%d.not-started.$rank"; exit 125
            fi
            box+=("${system[@]}" --uid 65534 --gid 65534 --hostname task --proc /proc --dev /dev)
            box+=(--size %d --tmpfs /tmp)
            """;

    /** Cards of the makers whose names are known; the control group of the job says which. */
    private static final String CARDS =
            """
            for d in /dev/davinci* /dev/devmm_svm /dev/hisi_hdc /dev/nvidia* /dev/kfd /dev/dri; do
                if [ -e "$d" ]; then box+=(--dev-bind "$d" "$d"); fi
            done
            for v in CUDA_VISIBLE_DEVICES ASCEND_RT_VISIBLE_DEVICES ASCEND_VISIBLE_DEVICES; do
                if [ -n "${!v:-}" ]; then box+=(--setenv "$v" "${!v}"); fi
            done
            """;

    private JobScript() {}

    /**
     * @param leaves switches that the nodes may hang on at most, 0 for any
     */
    static String job(Path folder, Site.Run run, int leaves) {
        int nodes = run.gang().nodes();
        StringBuilder text = new StringBuilder(FIRST_LINES.formatted(quote(folder.toString())));
        text.append(
                CLAIM.formatted(
                        nodes == 1
                                ? ""
                                : "srun --nodes=%d --ntasks=%d --ntasks-per-node=1 --kill-on-bad-exit=1"
                                        .formatted(nodes, nodes)));
        if (nodes > 1 && leaves > 0 && run.gang().hard()) {
            text.append(TIER_CHECK.formatted(leaves));
        }
        for (int n = 0; n < run.executors().size(); n++) {
            text.append("run %d %s%n".formatted(n, run.ignoreError().get(n) ? "yes" : "no"));
        }
        return text.append("done_\n").toString();
    }

    /**
     * @param mount of the run to the folder that the nodes see
     * @param image where the nodes have it
     */
    static String executor(
            Path folder,
            int n,
            Site.Run run,
            Map<Mount, Path> mount,
            ToolImage image,
            boolean sandbox)
            throws IOException {
        SandboxRun executor = run.executors().get(n);
        StringBuilder text = new StringBuilder(FIRST_LINES.formatted(quote(folder.toString())));
        text.append("rank=${SLURM_PROCID:-0}\nlog=log/").append(n);
        text.append("; if [ \"$rank\" != 0 ]; then log=$log.$rank; fi\n: > \"$log.stderr\"\n");
        text.append("ulimit -c 0\nulimit -f ")
                .append(executor.limits().outputBytes() / 1024 + 1)
                .append('\n');
        Map<String, String> environment = new TreeMap<>(executor.environment());
        List<String> words = new ArrayList<>();
        String stdin =
                executor.stdin() == null ? "/dev/null" : quote(inShared(executor.stdin(), mount));
        if (sandbox) {
            text.append(
                    SANDBOX.formatted(
                            run.gang().nodes() > 1
                                    ? "box+=(--share-net) # nodes of a gang talk to each other"
                                    : "",
                            n,
                            executor.limits().scratchBytes()));
            if (run.gang().cardsPerNode() > 0) {
                text.append(CARDS);
            }
            bind(text, "--ro-bind", image.javaHome().toString(), "/opt/jdk");
            List<String> classPath = new ArrayList<>();
            for (int i = 0; i < image.classPath().size(); i++) {
                String inside = "/opt/roadloop/" + i;
                bind(text, "--ro-bind", image.classPath().get(i).toString(), inside);
                classPath.add(JavaCommand.entry(image.classPath().get(i), inside));
            }
            mount.forEach(
                    (m, there) ->
                            bind(
                                    text,
                                    m.writable() ? "--bind" : "--ro-bind",
                                    there.toString(),
                                    m.inside()));
            environment.putIfAbsent("PATH", "/usr/bin:/bin");
            environment.putIfAbsent("HOME", "/tmp");
            environment.putIfAbsent("LANG", "C.UTF-8");
            environment.forEach(
                    (k, v) -> text.append("box+=(--setenv %s %s)%n".formatted(k, quote(v))));
            text.append(
                    """
                    box+=(--setenv ROADLOOP_RANK "$rank")
                    box+=(--setenv ROADLOOP_NODES "${SLURM_JOB_NUM_NODES:-1}")
                    box+=(--setenv ROADLOOP_HOSTS "$(scontrol show hostnames 2>/dev/null | paste -sd,)")
                    """);
            text.append("box+=(--chdir %s)%n".formatted(quote(executor.workdir())));
            words.addAll(command(executor, image, "/opt/jdk", classPath));
            text.append("start=(bwrap \"${box[@]}\" --)\n");
        } else {
            List<String> classPath = new ArrayList<>();
            for (Path entry : image.classPath()) {
                classPath.add(JavaCommand.entry(entry, entry.toString()));
            }
            List<String> plain = command(executor, image, image.javaHome().toString(), classPath);
            int own = plain.size() - executor.command().size() + 1;
            for (int i = 0; i < plain.size(); i++) {
                words.add(i < own ? plain.get(i) : onNode(plain.get(i), mount));
            }
            text.append("start=(env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME=\"$PWD\"");
            environment.forEach(
                    (k, v) -> text.append(" %s=%s".formatted(k, quote(onNode(v, mount)))));
            text.append(" ROADLOOP_RANK=\"$rank\"");
            text.append(" ROADLOOP_NODES=\"${SLURM_JOB_NUM_NODES:-1}\")\n");
        }
        text.append("command=(");
        words.forEach(w -> text.append(quote(w)).append(' '));
        text.append(")\n");
        text.append(
                """
                TIMEFORMAT='%%3U %%3S'
                { time timeout -k 5 %d "${start[@]}" "${command[@]}" \\
                    < %s > "$log.stdout" 2>> "$log.stderr"; } 2> "state/%d.times.$rank"
                """
                        .formatted(Math.max(1, executor.limits().time().toSeconds()), stdin, n));
        return text.toString();
    }

    private static List<String> command(
            SandboxRun executor, ToolImage image, String javaHome, List<String> classPath) {
        return switch (executor.image()) {
            case ToolImage here -> JavaCommand.words(image, executor, javaHome, classPath, "/tmp");
            case RootImage root -> executor.command(); // of the node's own /usr
        };
    }

    private static void bind(StringBuilder text, String option, String there, String inside) {
        text.append("box+=(%s %s %s)%n".formatted(option, quote(there), quote(inside)));
    }

    private static String onNode(String word, Map<Mount, Path> mount) {
        for (Map.Entry<Mount, Path> m : mount.entrySet()) {
            String inside = m.getKey().inside();
            if (word.equals(inside) || word.startsWith(inside + "/")) {
                return m.getValue() + word.substring(inside.length());
            }
        }
        return word;
    }

    /** A file in one of the mounts, as the nodes see it. */
    private static String inShared(Path host, Map<Mount, Path> mount) {
        for (Map.Entry<Mount, Path> m : mount.entrySet()) {
            if (host.startsWith(m.getKey().host())) {
                return m.getValue().resolve(m.getKey().host().relativize(host)).toString();
            }
        }
        throw new IllegalArgumentException("the input stream of a run lies in none of its mounts");
    }

    /** One word for a shell, whatever is in it. */
    static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
