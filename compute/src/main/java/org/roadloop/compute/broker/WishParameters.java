package org.roadloop.compute.broker;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.roadloop.compute.site.Site;

/**
 * The terms of a wish as text (调度参数), such as {@code backend_parameters} of a GA4GH TES task. Lists
 * are separated by commas; what is absent is not asked for.
 */
public final class WishParameters {
    static final String ALLOWED_SITES = "roadloop.allowedSites";
    public static final String REGIONS = "roadloop.regions";
    static final String TRUST = "roadloop.trust";
    static final String KINDS = "roadloop.kinds";
    static final String ARCHITECTURES = "roadloop.architectures";
    static final String GREEN_SHARE = "roadloop.greenShare";
    static final String RANKED_SITES = "roadloop.rankedSites";
    static final String OVERFLOW_SECONDS = "roadloop.overflowSeconds";
    static final String RESERVATION = "roadloop.reservation";
    public static final String PRIORITY = "roadloop.priority";
    static final String DUE = "roadloop.due";
    static final String LATE_SECOND = "roadloop.milliPerLateSecond";
    static final String GIGABYTE = "roadloop.milliPerGigabyteMoved";
    static final String BROWN_SECOND = "roadloop.milliPerBrownSecond";

    /** What a task may say. */
    public static final List<String> KEYS =
            List.of(
                    ALLOWED_SITES,
                    REGIONS,
                    TRUST,
                    KINDS,
                    ARCHITECTURES,
                    GREEN_SHARE,
                    RANKED_SITES,
                    OVERFLOW_SECONDS,
                    RESERVATION,
                    PRIORITY,
                    DUE,
                    LATE_SECOND,
                    GIGABYTE,
                    BROWN_SECOND);

    private final UnaryOperator<String> value;

    private WishParameters(UnaryOperator<String> value) {
        this.value = value;
    }

    /**
     * @param organisation whose share is charged
     * @param value of a key, empty if it is absent
     * @throws IllegalArgumentException names the key, its value and what it should be
     */
    public static Wish.Terms terms(String organisation, UnaryOperator<String> value) {
        WishParameters given = new WishParameters(value);
        SitePolicy policy =
                new SitePolicy(
                        Map.of(),
                        given.words(ALLOWED_SITES),
                        given.words(REGIONS),
                        (int) given.number(TRUST, 3),
                        given.kinds(),
                        given.words(ARCHITECTURES),
                        given.number(GREEN_SHARE, 1));
        return new Wish.Terms(
                organisation,
                policy,
                false,
                given.worth(),
                List.copyOf(given.list(RANKED_SITES)),
                Duration.ofMillis((long) (1000 * given.number(OVERFLOW_SECONDS, 1e9))),
                value.apply(RESERVATION),
                priority(value.apply(PRIORITY)));
    }

    /**
     * @param text of {@code roadloop.priority}, empty for 0
     */
    public static int priority(String text) {
        if (!text.isEmpty() && !text.matches("[0-9]")) {
            throw new IllegalArgumentException(
                    "%s = '%s' is no whole number within 0 to 9".formatted(PRIORITY, text));
        }
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    private Optional<Wish.Worth> worth() {
        String due = value.apply(DUE);
        if (due.isEmpty()) {
            for (String key : List.of(LATE_SECOND, GIGABYTE, BROWN_SECOND)) {
                if (!value.apply(key).isEmpty()) {
                    throw new IllegalArgumentException(
                            "%s is given without %s; say when the task is due".formatted(key, DUE));
                }
            }
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Wish.Worth(
                            Instant.parse(due),
                            number(LATE_SECOND, 1e12),
                            number(GIGABYTE, 1e12),
                            number(BROWN_SECOND, 1e12)));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "%s = '%s' is not like 2026-01-31T08:00:00Z".formatted(DUE, due), e);
        }
    }

    private Set<Site.Kind> kinds() {
        return words(KINDS).stream()
                .map(
                        word -> {
                            try {
                                return Site.Kind.valueOf(word.toUpperCase(Locale.ROOT));
                            } catch (IllegalArgumentException e) {
                                throw new IllegalArgumentException(
                                        "%s has '%s'; the kinds are %s"
                                                .formatted(
                                                        KINDS,
                                                        word,
                                                        Arrays.toString(Site.Kind.values())),
                                        e);
                            }
                        })
                .collect(Collectors.toSet());
    }

    private Set<String> words(String key) {
        return Set.copyOf(list(key));
    }

    /** In their order, each once. */
    private Set<String> list(String key) {
        return Arrays.stream(value.apply(key).split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private double number(String key, double most) {
        String text = value.apply(key);
        if (text.isEmpty()) {
            return 0;
        }
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s = '%s' is no number".formatted(key, text), e);
        }
        if (!(number >= 0 && number <= most)) {
            throw new IllegalArgumentException(
                    "%s = %s is not within 0 to %s".formatted(key, text, most));
        }
        return number;
    }
}
