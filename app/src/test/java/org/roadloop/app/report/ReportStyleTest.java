package org.roadloop.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contrast of text on its ground, WCAG 2.2 §1.4.3: at least 4.5 to 1 (level AA). */
class ReportStyleTest {
    @ParameterizedTest(name = "{0}: {1} on {2}")
    @CsvSource({
        "ink,paper",
        "ink,panel",
        "ink,faint",
        "soft,paper",
        "soft,panel",
        "soft,faint",
        "soft,map",
        "accent,panel",
        "accent,paper",
        "panel,accent",
        "good,panel",
        "bad,panel",
        "good,good-bg",
        "bad,bad-bg",
        "warn,warn-bg",
        "off,off-bg",
        "paper,ink",
        "c0,panel",
        "c1,panel",
        "c2,panel",
        "c3,panel",
        "c4,panel",
        "c5,panel",
        "c6,panel",
        "c0,paper",
        "c1,paper",
        "c2,paper",
        "c3,paper",
        "c4,paper",
        "c5,paper",
        "c6,paper",
        "v-ink,v-avoided",
        "v-ink,v-star",
        "v-ink,v-unpreventable",
        "v-ink,v-preventable"
    })
    void textIsReadable(String text, String ground) throws IOException {
        Map<String, Integer> light = colours(":root \\{([^}]*)\\}");
        Map<String, Integer> dark = new HashMap<>(light);
        dark.putAll(colours("html\\[data-theme=\"dark\"\\] \\{([^}]*)\\}"));
        assertThat(contrast(light.get(text), light.get(ground))).as("light").isGreaterThan(4.5);
        assertThat(contrast(dark.get(text), dark.get(ground))).as("dark").isGreaterThan(4.5);
    }

    private static Map<String, Integer> colours(String rule) throws IOException {
        String css;
        try (InputStream in = Report.class.getResourceAsStream("report.css")) {
            css = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Matcher block = Pattern.compile(rule).matcher(css);
        assertThat(block.find()).isTrue();
        Matcher colour = Pattern.compile("--([a-z0-9-]+): #([0-9a-f]{6});").matcher(block.group(1));
        Map<String, Integer> colours = new HashMap<>();
        while (colour.find()) {
            colours.put(colour.group(1), Integer.parseInt(colour.group(2), 16));
        }
        return colours;
    }

    private static double contrast(int one, int other) {
        double a = luminance(one) + 0.05;
        double b = luminance(other) + 0.05;
        return Math.max(a, b) / Math.min(a, b);
    }

    private static double luminance(int colour) {
        return 0.2126 * linear(colour >> 16 & 255)
                + 0.7152 * linear(colour >> 8 & 255)
                + 0.0722 * linear(colour & 255);
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
}
