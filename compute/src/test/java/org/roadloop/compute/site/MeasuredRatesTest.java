package org.roadloop.compute.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real run of the probe, in the strongest sandbox there is. */
@Tag("slow")
class MeasuredRatesTest {
    @TempDir Path folder;

    /** Two programs in one: the first word after {@code roadloop} is {@code rate}. */
    public static final class Probe {
        private Probe() {}

        public static void main(String[] args) {
            System.out.println(args[0] + " of this program is unknown");
        }
    }

    @Test
    void aSiteIsMeasuredByARunAndTheReadingIsKept() throws Exception {
        ToolImage tools = tools(Tool.class);
        LocalSite site = site(tools);
        assertThat(site.capabilities().profile().fp64GigaFlops()).isZero();
        MeasuredRates rates = new MeasuredRates(folder.resolve("rates"), tools);
        assertThat(rates.find("here")).isEmpty();
        assertThat(rates.shown(site.capabilities())).isEqualTo(site.capabilities());

        FloatingPointRate rate = rates.measure(site);

        assertThat(rate.fp64GigaFlops()).isPositive();
        assertThat(rate.fp16GigaFlops()).isPositive();
        MeasuredRates later = new MeasuredRates(folder.resolve("rates"), tools);
        assertThat(later.find("here")).contains(rate);
        Site.Profile offered = later.shown(site.capabilities()).profile();
        assertThat(offered.fp64GigaFlops()).isEqualTo(rate.fp64GigaFlops());
        assertThat(offered.fp16GigaFlops()).isEqualTo(rate.fp16GigaFlops());
        assertThat(left()).containsExactly("here.rate");
    }

    @Test
    void aProbeThatSaysSomethingElseIsNoRate() throws Exception {
        ToolImage tools = tools(Probe.class);
        MeasuredRates rates = new MeasuredRates(folder.resolve("rates"), tools);
        assertThatThrownBy(() -> rates.measure(site(tools)))
                .isInstanceOf(SiteException.class)
                .hasMessageStartingWith("the probe at site here printed no rate");
        assertThat(rates.find("here")).isEmpty();
        assertThat(left()).isEmpty();
    }

    @Test
    void onlyWholeLinesAreRates() {
        FloatingPointRate rate = new FloatingPointRate(12.25, 3);
        assertThat(FloatingPointRate.parse(rate.line() + "\n")).contains(rate);
        assertThat(FloatingPointRate.parse("fp64 1 fp16 GFLOPS")).isEmpty();
        assertThat(FloatingPointRate.parse("x fp64 1 fp16 1 GFLOPS")).isEmpty();
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("rates"))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private LocalSite site(ToolImage tools) throws IOException {
        return new LocalSite(
                new LocalSite.Settings(
                        "here", "n", "r", folder.resolve("home"), 1, 1, 1L << 30, 10),
                Sandbox.strongest(),
                tools);
    }

    private static ToolImage tools(Class<?> program) {
        return new ToolImage(
                Path.of(System.getProperty("java.home")),
                Stream.of(Tool.class, FloatingPointRate.class)
                        .map(c -> c.getProtectionDomain().getCodeSource().getLocation().getPath())
                        .map(Path::of)
                        .toList(),
                List.of("-XX:+UseSerialGC"),
                program.getName());
    }
}
