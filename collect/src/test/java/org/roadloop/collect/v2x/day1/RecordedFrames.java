package org.roadloop.collect.v2x.day1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** The five envelopes a roadside unit sent in November 2020, and their text. */
public final class RecordedFrames {
    private static final Pattern ENVELOPE = Pattern.compile("(?:消息|样例)：([0-9a-f]+)");
    private static final Pattern LEAF = Pattern.compile("\\s*([A-Za-z]\\w*): ([^:=]+)");

    /** A leaf of the text: key and value as printed. */
    public record Leaf(String key, String value) {}

    /** One envelope and the text of each of its messages, in the order of the text. */
    public record Recorded(byte[] envelope, List<List<Leaf>> messages) {}

    private RecordedFrames() {}

    public static List<Recorded> read() throws IOException {
        Path file =
                Path.of(System.getProperty("roadloop.root", "."))
                        .resolve("../shared/data/rsu-cn/v2x-samples.txt");
        Assumptions.assumeTrue(Files.exists(file), "shared/data is missing: " + file);
        List<Recorded> recorded = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            Matcher envelope = ENVELOPE.matcher(line);
            Matcher leaf = LEAF.matcher(line);
            if (envelope.find()) {
                recorded.add(
                        new Recorded(
                                HexFormat.of().parseHex(envelope.group(1)), new ArrayList<>()));
            } else if (line.matches("[A-Za-z]+ ::= \\{")) {
                recorded.getLast().messages().add(new ArrayList<>());
            } else if (leaf.matches()) {
                recorded.getLast()
                        .messages()
                        .getLast()
                        .add(new Leaf(leaf.group(1), leaf.group(2).strip()));
            }
        }
        return recorded;
    }
}
