package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.core.contract.UsageGate;

/** Turns an input URL such as {@code asset:tracks} into files (输入解析). Any thread. */
public interface InputResolver {
    /**
     * What is known before anything is read: where the data is, how much, and, if it was read
     * before and has not changed, which content.
     *
     * @throws IllegalArgumentException if the URL names nothing that this lease may use
     */
    Located locate(String url, UsageGate.Lease lease);

    /** Writes the files of the URL into an empty directory, pseudonymised for the contract. */
    List<Content> resolve(String url, UsageGate.Lease lease, Path directory) throws IOException;

    /**
     * @param nodes of the topology, each of which has all of it
     */
    record Located(List<String> nodes, List<Part> parts) {
        public Located {
            nodes = List.copyOf(nodes);
            parts = List.copyOf(parts);
        }

        /** So much data whose content nobody has read yet. */
        public static Located unread(String node, long dataBytes) {
            return new Located(List.of(node), List.of(new Part("", dataBytes, "")));
        }

        boolean isRead() {
            return parts.stream().noneMatch(part -> part.sha256().isEmpty());
        }
    }

    /**
     * One file, or all the data of an input that was not read yet.
     *
     * @param name of the file, with / for folders; empty if it was not read
     * @param sha256 lower-case hex, empty if it was not read
     */
    record Part(String name, long dataBytes, String sha256) {
        public Part {
            if (dataBytes < 0) {
                throw new IllegalArgumentException("data of " + dataBytes + " bytes");
            }
        }
    }

    /**
     * @param name as in {@link Part}
     * @param sha256 of the file, lower-case hex
     */
    record Content(Path file, String name, String sha256) {}
}
