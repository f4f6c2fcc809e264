package org.roadloop.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of a server after a collection (服务端内存): what lives on the Java heap, the PSS of all else,
 * and what the kernel's sockets hold, of both ends of each connection, for it does not tell whose.
 * The PSS of the heap itself says when a collection was due rather than what is kept: it grows and
 * shrinks by tens of megabytes with any load.
 *
 * @param pssBytes of the whole process, the heap's included
 */
record ServerMemory(long liveHeapBytes, long otherPssBytes, long socketBytes, long pssBytes) {
    private static final Pattern GENERATION =
            Pattern.compile(
                    "total \\d+K, used (\\d+)K \\[0x([0-9a-f]+), 0x[0-9a-f]+, 0x([0-9a-f]+)\\)");
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ .*");
    private static final int PAGE_BYTES = 4096;

    /** Has the process collect its garbage, then reads. */
    static ServerMemory read(ProcessHandle process) throws IOException, InterruptedException {
        jcmd(process, "GC.run");
        Matcher generation = GENERATION.matcher(jcmd(process, "GC.heap_info"));
        long used = 0;
        long from = Long.MAX_VALUE;
        long to = 0;
        while (generation.find()) {
            used += Long.parseLong(generation.group(1)) * 1024;
            from = Math.min(from, Long.parseUnsignedLong(generation.group(2), 16));
            to = Math.max(to, Long.parseUnsignedLong(generation.group(3), 16));
        }
        if (to == 0) {
            throw new IOException("jcmd GC.heap_info names no generation: is it the serial one?");
        }
        long pss = Math.round(ProcessUse.pssMebibytes(process) * (1 << 20));
        return new ServerMemory(used, pssOutside(process, from, to), sockets(), pss);
    }

    private static long pssOutside(ProcessHandle process, long from, long to) throws IOException {
        long kibibytes = 0;
        boolean inHeap = false;
        for (String line :
                Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.matches()) {
                long begin = Long.parseUnsignedLong(mapping.group(1), 16);
                inHeap = begin >= from && begin < to;
            } else if (!inHeap && line.startsWith("Pss:")) {
                kibibytes += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kibibytes * 1024;
    }

    private static long sockets() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/net/sockstat"))) {
            String[] words = line.split(" ");
            if (words[0].equals("TCP:")) {
                return Long.parseLong(words[words.length - 1]) * PAGE_BYTES;
            }
        }
        throw new IOException("/proc/net/sockstat has no TCP line");
    }

    private static String jcmd(ProcessHandle process, String command)
            throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process asked =
                new ProcessBuilder(jcmd, Long.toString(process.pid()), command)
                        .redirectErrorStream(true)
                        .start();
        String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (asked.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + answer);
        }
        return answer;
    }
}
